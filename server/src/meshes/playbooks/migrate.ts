/**
 * How one moves to a mesh, from none or from another: made of what plans of migration are made of, so that both say the
 * same. The order is that of `queries/plan.ts`.
 */

import { type MeshId, meshIds, meshNames } from '../../model/mesh-id.ts';
import { moving as consul } from '../consul/moving.ts';
import { moving as istio } from '../istio/moving.ts';
import { moving as linkerd } from '../linkerd/moving.ts';
import { type Deed, type Moving, restart, type Step } from '../moving.ts';
import { its } from './fields.ts';
import { type Action, file, type Playbook, type PlaybookStep, run, type SeedCommand } from './playbook.ts';

const movings: Readonly<Record<MeshId, Moving>> = { istio, linkerd, consul };

/** What is told that it belongs to the mesh: all of a namespace, or each workload by itself. */
const scopes: Readonly<Record<MeshId, { readonly name: string; readonly workloads: readonly string[] }>> = {
  istio: { name: its.namespace, workloads: [] },
  linkerd: { name: its.namespace, workloads: [] },
  consul: { name: its.namespace, workloads: [its.workload] },
};
const whole = { name: its.namespace, workloads: [] };

/**
 * The playbook for moving to a mesh. `seeds` are commands that guides show for a step, by its id; they are told with the
 * last command of the step.
 */
export function migrate(
  mesh: MeshId,
  source: string,
  seeds: Readonly<Record<string, readonly SeedCommand[]>> = {},
): Playbook {
  const to = movings[mesh];
  const others = meshIds.filter((it) => it !== mesh);
  const steps = [
    assess,
    planned(mesh),
    ...to.install.map((it, at) => stepOf(`install-${at + 1}`, it)),
    pilot(mesh),
    ...others.flatMap((it) => [comingFrom(it, stepOf(`let-in-${it}`, movings[it].letIn)), change(it, mesh)]),
    stepOf('strict', to.beStrict),
    ...others.map((it) => comingFrom(it, stepOf(`leave-${it}`, movings[it].uninstall))),
  ];
  return {
    mesh,
    topic: 'migrate',
    summary: `One namespace after another, from no mesh or from another one: callers and callees understand each other at every moment, since plain text is let in first and refused last. “Plan Migration to Another Mesh…” writes it down for your own manifests.`,
    source,
    steps: steps.map((it) => withSeeds(it, seeds[it.id] ?? [])),
  };
}

/** Services whose protocol nobody names, and pods that no proxy can stand in for, are what surprises later. */
const assess: PlaybookStep = {
  id: 'assess',
  title: 'See what is there',
  why: 'Ports without a protocol, servers that speak first (databases, mail), Jobs that never end beside a proxy, pods on the network of their node: these decide which namespace goes first. Begin with one that is stateless, speaks HTTP, and is not the most important.',
  actions: [
    run(
      `kubectl get services -n ${its.namespace} -o 'custom-columns=NAME:.metadata.name,PORTS:.spec.ports[*].name,PROTOCOLS:.spec.ports[*].appProtocol'`,
    ),
    run(`kubectl get jobs,cronjobs -n ${its.namespace}`),
    run(`kubectl get pods -n ${its.namespace} -o 'custom-columns=NAME:.metadata.name,HOST:.spec.hostNetwork'`),
  ],
};

function planned(mesh: MeshId): PlaybookStep {
  return {
    id: 'plan',
    title: 'Coming from another mesh: read what converts',
    why: `Nothing is written: the first prints a runbook with all that needs a decision, the second says of each field what becomes of it in ${meshNames[mesh]}.`,
    actions: [
      run(`meshwright plan --to ${mesh} ${its.folder}`),
      run(`meshwright convert --to ${mesh} ${its.folder} --report-only`),
    ],
  };
}

function pilot(mesh: MeshId): PlaybookStep {
  const { join, leave, checks } = movings[mesh];
  const scope = scopes[mesh];
  return {
    id: 'pilot',
    title: 'Coming from no mesh: bring one namespace in',
    why: 'Watch success rate, latency and memory for as long as it takes to see the busiest hour; then the next.',
    actions: [...join(scope), ...restart(whole)].map((it) => run(it)),
    checks: checks(its.namespace).map((it) => run(it)),
    rollback: [...leave(scope), ...restart(whole)].map((it) => run(it)),
  };
}

/** A step that only those take who come from a mesh. */
function comingFrom(mesh: MeshId, step: PlaybookStep): PlaybookStep {
  const { title } = step;
  return { ...step, title: `Coming from ${meshNames[mesh]}: ${title.charAt(0).toLowerCase()}${title.slice(1)}` };
}

function change(from: MeshId, to: MeshId): PlaybookStep {
  const [source, target] = [movings[from], movings[to]];
  return {
    id: `from-${from}`,
    title: `Coming from ${meshNames[from]}: change a namespace over`,
    why: `Its converted manifests are applied already. Both changes belong together, with one restart behind them: a pod that starts in between would get a proxy of ${meshNames[from]} again, and no injector adds a second one.`,
    actions: [...source.leave(scopes[from]), ...target.join(scopes[to]), ...restart(whole)].map((it) => run(it)),
    checks: target.checks(its.namespace).map((it) => run(it)),
    rollback: [...target.leave(scopes[to]), ...source.join(scopes[from]), ...restart(whole)].map((it) => run(it)),
  };
}

/** A step of plans as one of playbooks; files that it applies are written first. */
export function stepOf(id: string, { title, why, commands, checks, rollback }: Step): PlaybookStep {
  return {
    id,
    title,
    why,
    actions: actionsOf(commands),
    ...(checks ? { checks: actionsOf(checks) } : {}),
    ...(rollback ? { rollback: actionsOf(rollback) } : {}),
  };
}

export function actionsOf(deeds: readonly Deed[]): readonly Action[] {
  return deeds.flatMap((it): readonly Action[] => {
    if (typeof it === 'string') return [run(it)];
    return [file(it.file, it.text), ...(it.isApplied ? [run(`kubectl apply -f ${it.file}`)] : [])];
  });
}

function withSeeds(step: PlaybookStep, seeds: readonly SeedCommand[]): PlaybookStep {
  if (seeds.length === 0) return step;
  return { ...step, actions: step.actions.map((it, at, all) => (at === all.length - 1 ? { ...it, seed: seeds } : it)) };
}
