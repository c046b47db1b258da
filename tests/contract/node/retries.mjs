// One call with openai-node's own retries on: node retries.mjs BASE_URL responses|chat stream|whole
import { OpenAI, outcome } from './client.mjs';

const [baseURL, endpoint, how] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'test', maxRetries: 2, timeout: 20_000, logLevel: 'off' });
const stream = how === 'stream';

const result = await outcome(async () => {
  const reply = endpoint === 'responses'
    ? await client.responses.create({ model: 'm', input: 'hi', stream })
    : await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream });
  let pieces = 0;
  if (stream) for await (const _ of reply) pieces += 1;
  return { pieces };
});
console.log(JSON.stringify(result));
