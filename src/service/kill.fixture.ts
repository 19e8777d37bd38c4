import { sampleService } from './service.fixture.ts';

/** A process that serves a sample venue from the folder it is given, says where and with which key, and waits to be killed. */
const { serving, keys } = await sampleService({ dataDir: process.argv[2]! });
console.log(JSON.stringify({ address: serving.address, key: keys.venue }));
