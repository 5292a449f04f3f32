// Turns measurements into the tables of docs/benchmarks.md and holds them against the targets.
import { readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';

const round = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));

function printFigures(figures) {
  const names = Object.keys(figures);
  const rows = [...new Set(names.flatMap((name) => Object.keys(figures[name])))];
  console.log(`| median, ms | ${names.join(' | ')} |\n|---|${names.map(() => '---:').join('|')}|`);
  for (const row of rows) {
    const cells = names.map((name) => (figures[name][row] === undefined ? '' : round(figures[name][row])));
    console.log(`| ${row} | ${cells.join(' | ')} |`);
  }
}

/** A single command may take what Node takes, 15 ms of ours, and what lxc takes for the same. */
function commandTargets(figures, node) {
  const rows = ['start', 'exec -- true', 'kill', 'stop', 'list of 200', 'create from a cached image'];
  return rows
    .filter((row) => figures.lxc?.[row] !== undefined && figures.tsmachine[row] !== undefined)
    .map((row) => ({
      name: row,
      measured: figures.tsmachine[row],
      limit: node + 15 + figures.lxc[row],
      rule: 'node -e 0 + 15 ms + lxc',
    }));
}

function otherTargets(figures, consoles) {
  const targets = [
    {
      name: 'monitor RSS (KiB)',
      measured: figures.tsmachine['monitor RSS (KiB)'],
      limit: 1536,
      rule: '1.5 MiB',
    },
  ];
  if (figures.lxc) {
    const each = figures.tsmachine['each of 50 in one start'];
    targets.push({
      name: 'each of 50 in one start',
      measured: each,
      limit: 0.7 * figures.lxc.start,
      rule: '0.7 of lxc-start',
    });
  }
  if (consoles) {
    targets.push({
      name: 'bare pty relay / console',
      measured: consoles.bare / consoles.ours,
      limit: 1 / 0.8,
      rule: 'console at least 0.8 of the relay',
    });
  }
  return targets;
}

/** Returns whether every target is met. */
export function printReport({ figures, node, consoles, absent, failed, project, layout }) {
  const { version } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'));
  console.log(
    `tsmachine ${version}, Node ${process.versions.node}, Linux ${release()}, ${cpus().length} cores, cgroup layout ${layout}\n`,
  );
  printFigures(figures);
  console.log(`\nnode -e 0: ${round(node)} ms`);
  if (consoles)
    console.log(`console: ${round(consoles.ours)} MB/s, bare relay (script): ${round(consoles.bare)} MB/s`);
  for (const name of absent) console.log(`not installed here: ${name}`);
  for (const failure of failed) console.log(`does not run here: ${failure}`);
  const targets = [...commandTargets(figures, node), ...otherTargets(figures, consoles)];
  return printTargets(targets);
}

/** Returns whether every one is met. */
function printTargets(targets) {
  console.log('\n| target | measured | limit | ratio | |\n|---|---:|---:|---:|---|');
  for (const { name, measured, limit, rule } of targets) {
    const verdict = measured <= limit ? 'met' : 'MISSED';
    console.log(
      `| ${name} | ${round(measured)} | ${round(limit)} (${rule}) | ${(measured / limit).toFixed(2)} | ${verdict} |`,
    );
  }
  return targets.every(({ measured, limit }) => measured <= limit);
}

/** No target: the others are given a tree that is there, and leave it there. */
export function printRun({ figures, absent }) {
  printFigures(figures);
  for (const line of absent) console.log(`not measured: ${line}`);
  return true;
}

/** `figures` by row: a command of ours may take 25 ms more than machinectl's. */
export function printNspawn({ figures, node }) {
  const tools = [...new Set(Object.values(figures).flatMap((row) => Object.keys(row)))];
  const byTool = tools.map((tool) => [
    tool,
    Object.fromEntries(Object.entries(figures).map(([row, times]) => [row, times[tool]])),
  ]);
  printFigures(Object.fromEntries(byTool));
  console.log(`\nnode -e 0: ${round(node)} ms`);
  return printTargets(
    Object.entries(figures)
      .filter(([, { machinectl }]) => machinectl !== undefined)
      .map(([name, { machinectl, tsmachine }]) => ({
        name,
        measured: tsmachine,
        limit: machinectl + 25,
        rule: 'machinectl + 25 ms',
      })),
  );
}

/** Looking must not be what slows a host down. */
export function printTop({ figures, watching, look, words, machines, seconds }) {
  console.log(`processor time of one look at ${words}\n`);
  printFigures(figures);
  const row = `one sample of ${machines} machines`;
  if (look) {
    console.log('');
    printFigures(Object.fromEntries(Object.entries(look).map(([name, time]) => [name, { [row]: time }])));
  }
  const { percent, bytesPerSecond } = watching;
  console.log(
    `\ntop once a second over ${machines} machines, for ${seconds} s: ${percent.toFixed(2)}% of a core, ${round(bytesPerSecond)} bytes/s`,
  );
  if (!figures['systemd-cgtop']) console.log('not installed here: systemd-cgtop');
  if (!look) console.log('not installed here: lxc-top');
  const theirs = figures['systemd-cgtop'];
  const targets = Object.entries(theirs ?? {}).map(([name, limit]) => ({
    name,
    measured: figures.tsmachine[name],
    limit,
    rule: 'systemd-cgtop',
  }));
  targets.push({
    name: `top over ${machines} machines (% of a core)`,
    measured: percent,
    limit: 1,
    rule: '1%',
  });
  return printTargets(targets);
}

/** Snapshots and clones cost the same whatever the size; a clone takes nothing but its own files. */
export function printTimeTravel({ figures, words }) {
  console.log(`a machine with ${words}\n`);
  printFigures(figures);
  const ours = figures.tsmachine;
  const target = (name, node) => ({
    name,
    measured: ours[name],
    limit: ours[node] + 15,
    rule: 'node -e 0 + 15 ms',
  });
  const targets = [
    target('snapshot', 'node -e 0'),
    target('clone', 'node -e 0'),
    target('create of the 100th clone', 'node -e 0, at the 100th clone'),
  ];
  targets.push({
    name: 'each of 100 clones (KiB)',
    measured: ours['each of 100 clones (KiB)'],
    limit: 1024,
    rule: '1 MiB',
  });
  return printTargets(targets);
}

/** A screen that is always there must cost next to nothing. */
export function printDashboard({ machines, running, fakes, figures, first, busy, scroll }) {
  console.log(
    `at rest on a terminal of 120 columns and 40 rows; tsmachine: ${machines} machines, ${running} of them running\n`,
  );
  console.log('| | % of a core | bytes/s | RSS, MiB |\n|---|---:|---:|---:|');
  for (const [name, { percent, bytesPerSecond, rss }] of Object.entries(figures))
    console.log(`| ${name} | ${percent.toFixed(2)} | ${round(bytesPerSecond)} | ${round(rss)} |`);
  for (const name of ['btop', 'top', 'htop']) if (!figures[name]) console.log(`not installed here: ${name}`);
  console.log(`\nfirst frame: ${round(first.dashboard)} ms; node -e 0: ${round(first.node)} ms`);
  console.log(`three consoles flooded: ${round(busy.bytesPerSecond)} bytes/s to the terminal`);
  console.log(`a key over ${fakes} machines: ${round(scroll.bytesPerKey)} bytes`);
  console.log(
    `a key while three consoles are flooded: ${round(busy.keys.median)} ms until it shows (median)`,
  );
  return printTargets([
    { name: 'first frame (ms)', measured: first.dashboard, limit: 250, rule: '250 ms' },
    { name: 'at rest (% of a core)', measured: figures.tsmachine.percent, limit: 2, rule: '2%' },
    { name: 'three consoles flooded (% of a core)', measured: busy.percent, limit: 10, rule: '10%' },
    {
      name: 'a key while three consoles are flooded (ms, 95th percentile)',
      measured: busy.keys.p95,
      limit: 60,
      rule: '60 ms',
    },
    {
      name: `a key over ${fakes} machines (ms of processor time)`,
      measured: scroll.msPerKey,
      limit: 16,
      rule: '16 ms',
    },
    {
      name: 'memory, at the most (MiB)',
      measured: Math.max(figures.tsmachine.rss, busy.rss, scroll.rss),
      limit: 130,
      rule: '130 MiB',
    },
  ]);
}

/** Drawn once a second: a hundredth of a processor at the most. */
export function printCharts({ bytes, load, drawn }) {
  console.log(`dist/charts.cjs: ${bytes} bytes, loaded in ${load.toFixed(1)} ms of processor time\n`);
  console.log('| pane | first picture, ms | each further one, ms |\n|---|---:|---:|');
  for (const { size, first, each } of drawn)
    console.log(`| ${size} | ${first.toFixed(1)} | ${each.toFixed(1)} |`);
  return printTargets(
    drawn.map(({ size, each }) => ({
      name: `a picture of ${size} (ms)`,
      measured: each,
      limit: 10,
      rule: '10 ms',
    })),
  );
}

/** Nobody waits longer than a second for a machine. */
export function printDebian(figures) {
  printFigures({ tsmachine: figures });
  return printTargets(
    ['create from the image', 'start --wait'].map((name) => ({
      name,
      measured: figures[name],
      limit: 1000,
      rule: '1 s',
    })),
  );
}

/** No target: what a host can bear is for its owner to say. */
export function printCrowd(figures) {
  printFigures(figures);
  for (const name of ['lxc']) if (!figures[name]) console.log(`not installed here: ${name}`);
  return true;
}

/** Rows of files.mjs with ratios to the others. There is no target to miss. */
export function printFiles(rows) {
  const tools = [...new Set(Object.values(rows).flatMap((row) => Object.keys(row)))];
  const others = tools.filter((tool) => tool !== 'tsmachine');
  const heads = [...tools, ...others.map((tool) => `tsmachine / ${tool}`)];
  console.log(`| median, ms | ${heads.join(' | ')} |\n|---|${heads.map(() => '---:').join('|')}|`);
  const cell = (value) => (value === undefined ? '' : round(value));
  for (const [row, cells] of Object.entries(rows)) {
    const ratios = others.map((tool) =>
      cells[tool] === undefined ? '' : (cells.tsmachine / cells[tool]).toFixed(2),
    );
    console.log(`| ${row} | ${[...tools.map((tool) => cell(cells[tool])), ...ratios].join(' | ')} |`);
  }
  return true;
}
