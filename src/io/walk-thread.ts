import { parentPort, workerData } from 'node:worker_threads';
import { isFailure } from '../base/failure.ts';
import { planWalk, type WalkRequest } from '../study/walk/plan.ts';
import { makeWalker } from '../study/walk/walker.ts';
import type { WalkAnswer, WalkTask } from './walk-workers.ts';

/** Answers tasks (moments of the plan) one after another until the thread is ended. */
function serve(request: WalkRequest): void {
  const port = parentPort!;
  const post = (answer: WalkAnswer): void => port.postMessage(answer);
  const plan = planWalk(request);
  if (isFailure(plan)) {
    post({ failure: plan });
    return;
  }
  const walker = makeWalker(plan);
  port.on('message', (task: WalkTask) => {
    for (const day of task.days) {
      const outcome = walker.assess(day);
      post(isFailure(outcome) ? { failure: outcome } : { outcome });
      if (isFailure(outcome)) return;
    }
    post({ idle: true });
  });
  post({ idle: true });
}

serve(workerData as WalkRequest);
