// Endpoints that are not offered, with openai-node's own retries on: node unsupported.mjs BASE_URL prints {call: {outcome, requests}}.
import { OpenAI, outcome } from './client.mjs';

let requests = 0;
const counted = (url, init) => {
  if (!String(url).startsWith('data:')) requests += 1; // how the client tries out what fetch can do
  return fetch(url, init);
};
const client = new OpenAI({ baseURL: process.argv[2], apiKey: 'test', maxRetries: 2, timeout: 20_000, logLevel: 'off', fetch: counted });
const file = new File(['RIFF'], 'a.wav', { type: 'audio/wav' });

const calls = {
  embeddings: () => client.embeddings.create({ model: 'text-embedding-3-small', input: 'x' }),
  moderations: () => client.moderations.create({ input: 'x' }),
  speech: () => client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'x' }),
  translations: () => client.audio.translations.create({ model: 'whisper-1', file }),
  variations: () => client.images.createVariation({ image: file }),
  files: () => client.files.create({ file, purpose: 'assistants' }),
  'models.delete': () => client.models.delete('gpt-5.5'),
};

const results = {};
for (const [call, work] of Object.entries(calls)) {
  requests = 0;
  const seen = await outcome(work);
  results[call] = { outcome: seen, requests };
}
console.log(JSON.stringify(results));
