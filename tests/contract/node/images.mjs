// Images through openai-node: node images.mjs BASE_URL prints {call: outcome}. Each is one call, in this order.
import { connect, outcome } from './client.mjs';

const client = connect(process.argv[2]);
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const file = (name) => new File([png], name, { type: 'image/png' });
const prompt = 'a cat';

async function events(stream) {
  const seen = [];
  for await (const event of await stream) seen.push(event);
  return seen;
}

const calls = {
  generate: () => client.images.generate({ prompt, n: 2, size: '1536x1024', quality: 'high' }),
  generateStream: () => events(client.images.generate({ prompt, stream: true })),
  generatePartial: () => events(client.images.generate({ prompt, stream: true, partial_images: 2 })),
  edit: () => client.images.edit({ image: file('a.png'), prompt }),
  editMany: () => client.images.edit({ image: [file('a.png'), file('b.png')], mask: file('m.png'), prompt }),
  editStream: () => events(client.images.edit({ image: file('a.png'), prompt, stream: true })),
  editPartial: () => events(client.images.edit({ image: file('a.png'), prompt, stream: true, partial_images: 1 })),
  url: () => client.images.generate({ prompt, response_format: 'url' }),
  base64: () => client.images.generate({ prompt, response_format: 'b64_json' }),
};

const results = {};
for (const [call, work] of Object.entries(calls)) results[call] = await outcome(work);
console.log(JSON.stringify(results));
