// The figures as a table for a terminal, and in Markdown for the README.

/** The value below which a share of the samples lies, between the two nearest ones. */
export function quantile(samples, share) {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)];
  return low + (sorted[Math.ceil(at)] - low) * (at - Math.floor(at));
}

/** p50, p95, least and number of some samples, rounded to hundredths. */
export function summary(samples) {
  const round = (it) => Math.round(it * 100) / 100;
  return {
    p50: round(quantile(samples, 0.5)),
    p95: round(quantile(samples, 0.95)),
    min: round(Math.min(...samples)),
    samples: samples.length,
  };
}

/** One row a figure, `[workload, figure, a cell a server …, how many times ours]`; the first server is ours. */
export function rowsOf({ servers, workloads }) {
  const rows = [];
  for (const { name, results } of workloads) {
    const figures = new Set(servers.flatMap((it) => Object.keys(results[it.name]?.figures ?? {})));
    for (const figure of figures) {
      const values = servers.map((it) => results[it.name]?.figures[figure]);
      rows.push([
        name,
        figure,
        ...values.map((it) => (it ? `${shown(it.p50)} / ${shown(it.p95)} ms` : '–')),
        ...ratio(values.map((it) => it?.p50)),
      ]);
    }
    const memory = servers.map((it) => results[it.name]?.peakMemory);
    const cells = memory.map((it) => (it === undefined ? 'not measured here' : `${Math.round(it)} MB`));
    rows.push([name, 'peak memory', ...cells, ...ratio(memory)]);
  }
  return rows;
}

function ratio([ours, ...others]) {
  return others.map((it) => (ours && it ? `${(it / ours).toFixed(it / ours < 10 ? 1 : 0)} ×` : ''));
}

function shown(value) {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1);
}

/** The table for a terminal, with the checks and the machine below. */
export function asText(report) {
  const head = [
    '',
    'p50 / p95',
    ...report.servers.map((it) => `${it.name} ${it.version}`),
    ...report.servers.slice(1).map(() => 'ratio'),
  ];
  const rows = [head, ...rowsOf(report)];
  const widths = head.map((_, column) => Math.max(...rows.map((it) => it[column].length)));
  const lines = rows.map((row, at) => {
    const isSame = at > 1 && row[0] === rows[at - 1][0];
    const cells = row.map((it, column) => (column === 0 && isSame ? '' : it));
    return `${at > 1 && !isSame ? '\n' : ''}${cells
      .map((it, column) => (column < 2 ? it.padEnd(widths[column]) : it.padStart(widths[column])))
      .join('  ')
      .trimEnd()}`;
  });
  const checks = report.workloads.flatMap(({ name, results }) =>
    report.servers.flatMap((it) =>
      Object.entries(results[it.name]?.checks ?? {}).map(([what, count]) => `${name}, ${it.name}: ${what} ${count}`),
    ),
  );
  return [...lines, '', ...checks, '', ...about(report)].join('\n');
}

/** The table in Markdown. */
export function asMarkdown(report) {
  const names = report.servers.map((it) => `${it.name} ${it.version}`);
  const head = ['', 'p50 / p95', ...names, ...names.slice(1).map(() => '')];
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const align = head.map((_, column) => (column < 2 ? '---' : '---:'));
  return [line(head), line(align), ...rowsOf(report).map(line), '', ...about(report)].join('\n');
}

function about({ date, machine, node }) {
  return [
    `Measured on ${date.slice(0, 10)} on ${machine.cpus} × ${machine.model}, ${machine.memory} GB, ${machine.system}; all servers with Node ${node}.`,
    'The figures are those of that machine; run the benchmark on yours for the ones that count there.',
  ];
}
