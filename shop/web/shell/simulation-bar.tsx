import type { DriverChange, DriverOutcome, DriverState } from '../api/driver-state.ts';
import { driverChannel } from '../live/channels.ts';
import { useFeed } from '../live/live.ts';
import { ProblemNote } from '../parts/notes.tsx';
import { Rolling } from '../parts/rolling.tsx';
import { text } from '../text/text.ts';
import { Instances } from './instances.tsx';
import { useDriverChange } from './use-driver-change.ts';

/** The simulated customers: how many, how fast, on or off. Always at the foot of the page. */
export function SimulationBar() {
  const driver = useFeed(driverChannel, '').value.value;
  const { change, problem } = useDriverChange();
  return (
    <footer class="simulation">
      {problem !== undefined && <ProblemNote problem={problem} />}
      <div class="simulation-row">
        <Switch driver={driver} change={change} />
        <p class="simulation-state">{stateText(driver)}</p>
        {driver?.available === true && driver.outcome !== undefined && (
          <Outcome outcome={driver.outcome} />
        )}
        <Instances />
        {driver?.available === true && <Settings driver={driver} change={change} />}
      </div>
    </footer>
  );
}

type Change = (wanted: DriverChange) => void;

interface Controlled {
  readonly driver: DriverState;
  readonly change: Change;
}

function Switch(props: { readonly driver: DriverState | undefined; readonly change: Change }) {
  const { driver, change } = props;
  const on = driver?.available === true && !driver.paused;
  return (
    <button
      type="button"
      class="switch"
      role="switch"
      aria-checked={on}
      disabled={driver?.available !== true}
      onClick={() => change({ paused: on })}
    >
      <span class="switch-knob" aria-hidden="true" />
      {text.value.simulation}
    </button>
  );
}

function stateText(driver: DriverState | undefined): string {
  const t = text.value;
  if (driver === undefined) return t.simulationUnknown;
  if (!driver.available) return t.simulationNone;
  return driver.paused ? t.simulationOff : t.simulationOn(driver.customers, driver.rate);
}

function Outcome({ outcome }: { readonly outcome: DriverOutcome }) {
  const t = text.value;
  const parts = [
    [t.sent, outcome.sent],
    [t.accepted, outcome.accepted],
    [t.refused, outcome.refused],
    [t.failed, outcome.failed],
  ] as const;
  return (
    <dl class="outcome">
      {parts.map(([label, count]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <Rolling value={count} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Settings({ driver, change }: Controlled) {
  const t = text.value;
  return (
    <details class="simulation-settings" name="foot">
      <summary>{t.simulationSettings}</summary>
      <div class="panel">
        <p>{t.simulationAbout}</p>
        <Slider
          label={t.simulationCustomers}
          value={driver.customers}
          max={200}
          set={(customers) => change({ customers })}
        />
        <Slider
          label={t.simulationRate}
          value={driver.rate}
          max={300}
          set={(rate) => change({ rate })}
        />
      </div>
    </details>
  );
}

function Slider(props: {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  readonly set: (value: number) => void;
}) {
  return (
    <label class="slider">
      <span>{props.label}</span>
      <output>{props.value}</output>
      <input
        type="range"
        min="1"
        max={Math.max(props.max, props.value)}
        value={props.value}
        onChange={(event) => props.set(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}
