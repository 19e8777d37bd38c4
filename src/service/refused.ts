import type { FastifyError, FastifyReply } from 'fastify';
import { ERRORS } from '../base/catalogue.ts';
import { type Failure, isFailure, refuse } from '../base/failure.ts';

/** Ends a request with a refusal, from where only throwing can end it. */
export class Refused extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.failure);
    this.failure = failure;
  }
}

/** Sends a refusal: its status by the catalogue, the failure as JSON. */
export function sendFailure(reply: FastifyReply, failure: Failure): FastifyReply {
  return reply.status(ERRORS[failure.failure].status).send({ error: failure });
}

/** Sends an answer or, where it is one, a refusal. */
export function sendAnswer(reply: FastifyReply, answer: unknown): FastifyReply {
  return isFailure(answer) ? sendFailure(reply, answer) : reply.send(answer);
}

/** What an error of the framework means; null for a defect of ours. */
export function toFailure(error: FastifyError | Refused): Failure | null {
  if (error instanceof Refused) return error.failure;
  const { code, statusCode = 500, message } = error;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return refuse('INPUT_TOO_LARGE', { field: 'body', value: 'more bytes', expected: message });
  }
  if (statusCode >= 400 && statusCode < 500) {
    return refuse('SHAPE_INVALID', { field: 'request', value: code ?? statusCode, expected: message });
  }
  return null;
}
