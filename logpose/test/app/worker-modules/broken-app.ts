import { defineApp } from '../../../src/app/define-app.ts';
import { StreamsBuilder } from '../../../src/dsl/streams-builder.ts';
import { words } from '../counting-topology.ts';

// Two stores of one name are refused.
const builder = new StreamsBuilder();
builder.stream(words).groupByKey().count({ name: 'twice' });
builder.stream(words).groupByKey().count({ name: 'twice' });
export default defineApp({ topology: builder.build() });
