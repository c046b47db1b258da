// Compaction through openai-node: node compaction.mjs BASE_URL prints {call: outcome}.
import { connect, outcome } from './client.mjs';

const client = connect(process.argv[2]);
const compact = (members) => client.responses.compact({ model: 'gpt-5.5', ...members });

const created = await outcome(() => compact({ input: 'hi' }));
const refused = await outcome(() => compact({ previous_response_id: 'resp_never' }));
const chained = await outcome(async () => {
  const { id } = await client.responses.create({ model: 'f01-plain-text', input: 'Hi!' });
  return compact({ previous_response_id: id, input: 'And now?' });
});
console.log(JSON.stringify({ created, refused, chained }));
