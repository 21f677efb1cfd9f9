import { useState } from 'preact/hooks';
import { type InstanceReport, killInstance } from '../api/instances.ts';
import type { Problem } from '../api/problem.ts';
import { instancesChannel } from '../live/channels.ts';
import { useFeed } from '../live/live.ts';
import { ProblemNote } from '../parts/notes.tsx';
import { text } from '../text/text.ts';

/** The stream instances: what each is doing, and a button that kills it. */
export function Instances() {
  const instances = useFeed(instancesChannel, '').value.value ?? [];
  const { kill, problem } = useKill();
  const t = text.value;
  if (instances.length === 0) return null;
  const down = instances.filter(({ state }) => state === 'down').length;
  return (
    <details class="instances" name="foot">
      <summary>
        {down === 0 ? t.instances(instances.length) : t.instancesDown(down, instances.length)}
      </summary>
      <div class="panel">
        <p>{t.instancesAbout}</p>
        {problem !== undefined && <ProblemNote problem={problem} />}
        <ul class="instance-list">
          {instances.map((instance) => (
            <Row key={instance.id} instance={instance} kill={kill} />
          ))}
        </ul>
      </div>
    </details>
  );
}

function Row(props: {
  readonly instance: InstanceReport;
  readonly kill: (id: string) => Promise<void>;
}) {
  const { id, state, restoreLag } = props.instance;
  const t = text.value;
  return (
    <li data-instance={id} data-state={state}>
      <strong>{id}</strong>
      <button
        type="button"
        class="button small"
        aria-label={t.killOf(id)}
        disabled={state === 'down'}
        onClick={() => props.kill(id)}
      >
        {t.kill}
      </button>
      <span class="instance-facts">{factsOf(props.instance)}</span>
      {restoreLag > 0 && <span class="instance-facts">{t.restoringRecords(restoreLag)}</span>}
    </li>
  );
}

function factsOf({ state, tasks }: InstanceReport): string {
  const t = text.value;
  return state === 'down'
    ? t.instanceState.down
    : `${t.instanceState[state]} · ${t.instanceTasks(tasks)}`;
}

/** Kills one, and keeps why that failed. */
function useKill() {
  const [problem, setProblem] = useState<Problem>();
  const kill = async (id: string): Promise<void> => {
    const answer = await killInstance(id);
    setProblem(answer.kind === 'problem' ? answer.problem : undefined);
    const feed = instancesChannel.feedOf('').value;
    // The next frame of the channel would say the same up to a second later.
    if (answer.kind === 'done' && feed.value !== undefined) {
      const killed = answer.value;
      feed.value = feed.value.map((one) => (one.id === id ? killed : one));
    }
  };
  return { kill, problem };
}
