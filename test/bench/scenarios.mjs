// What is measured, and how a sample is made. All servers are alive at the same time and take turns sample by sample, so
// that whatever else the machine does hits all alike; one that rests costs nothing.

import { LanguageServer, sleep, uriOf } from './language-server.mjs';

/**
 * Measures one file. `servers` are `{ name, command, settings }`, `file` is what `mixedFile` gives with its `path`.
 * Gives by server name `{ samples: { figure: number[] }, peakMemory, checks: { what: 'found of all' } }`; times are in ms.
 */
export async function measureFile(servers, file, folder, { samples, starts, log }) {
  const results = Object.fromEntries(servers.map((it) => [it.name, { samples: {}, checks: {} }]));
  const seen = new Map();

  log('first diagnostics');
  for (const server of servers) {
    const found = await findable(server, file, folder);
    seen.set(server, found);
    results[server.name].checks['planted mistakes found'] = `${found.length} of ${file.mistakeLines.length}`;
  }
  await inTurns(servers, starts, async (server) => {
    const session = await start(server, folder);
    const { at } = await openFile(session, file, seen.get(server));
    add(results, server, 'first diagnostics', at - session.startedAt);
    await session.stop();
  });

  const sessions = new Map();
  for (const server of servers) {
    const session = await start(server, folder);
    sessions.set(server, session);
    await openFile(session, file, seen.get(server));
    await warmUp(session, file);
  }

  log('keystroke to diagnostics');
  await inTurns(servers, samples / 2, async (server, number) => {
    const session = sessions.get(server);
    const before = session.cpuSeconds();
    for (const time of await flip(session, uriOf(file.path), file.edits[number % file.edits.length])) {
      add(results, server, 'keystroke to diagnostics', time);
    }
    const after = session.cpuSeconds();
    if (after !== undefined) add(results, server, 'own work per keystroke', ((after - before) * 1000) / 2);
  });

  log('completion of a new key');
  const offered = tally(results, 'new keys offered in full');
  await inTurns(servers, samples, async (server, number) => {
    const place = file.newKeys[number % file.newKeys.length];
    const { time, labels } = await completeNewKey(sessions.get(server), uriOf(file.path), place);
    add(results, server, 'completion of a new key', time);
    offered(
      server,
      place.expected.every((it) => labels.has(it)),
    );
  });

  log('hover');
  const described = tally(results, 'hovers with text');
  await inTurns(servers, samples, async (server, number) => {
    const { line, column } = file.hovers[number % file.hovers.length];
    const began = performance.now();
    const answer = await sessions.get(server).request('textDocument/hover', {
      textDocument: { uri: uriOf(file.path) },
      position: { line, character: column },
    });
    add(results, server, 'hover', performance.now() - began);
    described(server, answer !== null && answer !== undefined);
  });

  for (const [server, session] of sessions) {
    results[server.name].peakMemory = session.peakMemory();
    await session.stop();
  }
  return results;
}

/**
 * Measures a workspace of many files of which one or two are open. `workspace` is what `workspaceFiles` gives, written to
 * `folder`. The figures that need other files are asked of servers that read them (`readsWorkspace`) only.
 */
export async function measureWorkspace(servers, workspace, folder, { samples, starts, log }) {
  const results = Object.fromEntries(servers.map((it) => [it.name, { samples: {}, checks: {} }]));
  const pathOf = (file) => `${folder}/${file}`;
  const textOf = (file) => workspace.files.find((it) => it.path === file).text;
  const { crossFile, edit } = workspace;

  log('reading all files');
  const spoiled = replacedLine(textOf(crossFile.file), crossFile.line, /subset: .*/, 'subset: nowhere');
  await inTurns(
    servers.filter((it) => it.readsWorkspace),
    starts,
    async (server) => {
      const session = await start(server, folder);
      const uri = uriOf(pathOf(crossFile.file));
      const known = session.publish(uri, (it) => isOnLine(it, crossFile.line));
      session.open(uri, spoiled);
      add(results, server, 'all files read', (await known).at - session.startedAt);
      await session.stop();
    },
  );

  const sessions = new Map();
  for (const server of servers) {
    const session = await start(server, folder);
    sessions.set(server, session);
    for (const file of new Set([edit.file, crossFile.file, crossFile.definition.file]))
      session.open(uriOf(pathOf(file)), textOf(file));
    await settle(session);
    await flip(session, uriOf(pathOf(edit.file)), edit);
  }

  log('keystroke in one file');
  await inTurns(servers, samples / 2, async (server) => {
    const session = sessions.get(server);
    const before = session.cpuSeconds();
    for (const time of await flip(session, uriOf(pathOf(edit.file)), edit))
      add(results, server, 'keystroke to diagnostics', time);
    const after = session.cpuSeconds();
    if (after !== undefined) add(results, server, 'own work per keystroke', ((after - before) * 1000) / 2);
  });

  log('keystroke to diagnostics in another file');
  await inTurns(
    servers.filter((it) => it.readsWorkspace),
    samples / 4,
    async (server) => {
      const place = { ...crossFile.definition, shownIn: uriOf(pathOf(crossFile.file)), shownOnLine: crossFile.line };
      for (const time of await flip(sessions.get(server), uriOf(pathOf(crossFile.definition.file)), place))
        add(results, server, 'keystroke to diagnostics in another file', time);
    },
  );

  for (const [server, session] of sessions) {
    results[server.name].peakMemory = session.peakMemory();
    await session.stop();
  }
  return results;
}

/** Runs an action a number of times for each server; who goes first changes every time. */
async function inTurns(servers, times, action) {
  for (let number = 0; number < Math.ceil(times); number += 1) {
    for (const server of number % 2 === 0 ? servers : servers.toReversed()) await action(server, number);
  }
}

async function start({ command, settings }, folder) {
  const session = new LanguageServer({ command, settings, folder });
  await session.initialize();
  return session;
}

/** The lines of planted mistakes that a server ever reports, so that nobody waits for what it cannot see. */
async function findable(server, file, folder) {
  const session = await start(server, folder);
  const uri = uriOf(file.path);
  const first = session.publish(uri, () => true);
  session.open(uri, file.text);
  await first;
  await settle(session, 1500);
  const found = file.mistakeLines.filter((line) => isOnLine(session.published(uri), line));
  await session.stop();
  return found;
}

/** Opens the file and waits for the publish that holds all of `mistakes`; gives that publish. */
function openFile(session, file, mistakes) {
  const uri = uriOf(file.path);
  const complete = session.publish(uri, (it) => mistakes.every((line) => isOnLine(it, line)));
  session.open(uri, file.text);
  return complete;
}

async function warmUp(session, file) {
  const uri = uriOf(file.path);
  for (let number = 0; number < 12; number += 1) {
    await completeNewKey(session, uri, file.newKeys[number % file.newKeys.length]);
    const { line, column } = file.hovers[number % file.hovers.length];
    await session.request('textDocument/hover', { textDocument: { uri }, position: { line, character: column } });
  }
  for (const edit of file.edits.slice(0, 4)) await flip(session, uri, edit);
}

/**
 * Types one sign that makes a value wrong and takes it away again: two samples, each from the change to the first publish
 * in which the line is wrong or right. Nothing stale can be mistaken for the answer. After each the server comes to rest,
 * which is not in the time but in the processor time around it.
 */
async function flip(session, uri, { line, column, shownIn = uri, shownOnLine = line }) {
  const times = [];
  for (const isWrong of [true, false]) {
    const began = performance.now();
    const version = session.change(uri, [line, column, line, column + (isWrong ? 0 : 1)], isWrong ? 'X' : '');
    const wanted = (it) => isOnLine(it, shownOnLine) === isWrong;
    const { at } = await session.publish(shownIn, wanted, { version: shownIn === uri ? version : 0 });
    times.push(at - began);
    await settle(session);
  }
  return times;
}

/** Inserts a line at the place and asks what could stand there in the same moment, then takes it away and waits for rest. */
async function completeNewKey(session, uri, { line, column }) {
  const began = performance.now();
  session.change(uri, [line, 0, line, 0], `${' '.repeat(column)}\n`);
  const answer = await session.request('textDocument/completion', {
    textDocument: { uri },
    position: { line, character: column },
    context: { triggerKind: 1 },
  });
  const time = performance.now() - began;
  session.change(uri, [line, 0, line + 1, 0], '');
  await settle(session);
  const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
  return { time, labels: new Set(items.map((it) => it.label)) };
}

/** Waits until a server has been idle for a while: by its processor time where that is known, else for a second. */
async function settle(session, atLeast = 250) {
  await sleep(atLeast);
  let before = session.cpuSeconds();
  if (before === undefined) return sleep(1000);
  for (;;) {
    await sleep(40);
    const after = session.cpuSeconds();
    if (after - before < 0.004) return;
    before = after;
  }
}

/** Whether an error or warning stands on a line; one that spans more than three lines says nothing about any of them. */
function isOnLine(published, line) {
  return (published?.diagnostics ?? []).some(
    ({ severity = 1, range: { start, end } }) =>
      severity <= 2 && start.line <= line && line <= end.line && end.line - start.line <= 2,
  );
}

function replacedLine(text, line, pattern, by) {
  return text
    .split('\n')
    .map((it, at) => (at === line ? it.replace(pattern, by) : it))
    .join('\n');
}

function add(results, server, figure, value) {
  const { samples } = results[server.name];
  samples[figure] = [...(samples[figure] ?? []), value];
}

/** Counts how often something holds; the count stands in the checks of the results. */
function tally(results, what) {
  const counts = new Map();
  return (server, holds) => {
    const { yes, all } = counts.get(server) ?? { yes: 0, all: 0 };
    counts.set(server, { yes: yes + (holds ? 1 : 0), all: all + 1 });
    results[server.name].checks[what] = `${yes + (holds ? 1 : 0)} of ${all + 1}`;
  };
}
