/**
 * TrafficTargets: accounts that may call the pods of an account, in all ways or in those of some groups. What none of them
 * allows is refused, so all that are about the same pods count together. Source: smi-spec apis/traffic-access.
 */

import type { Environment } from '../../../../model/environment.ts';
import type {
  Access,
  AccessRule,
  Asked,
  Identity,
  Ir,
  Labels,
  Operation,
  Origin,
  PathMatch,
  Peculiar,
} from '../../../../model/ir.ts';
import { isOfKind, type Kind } from '../../../../model/kind.ts';
import type { Resource } from '../../../../model/manifest.ts';
import type { Path } from '../../../../model/text.ts';
import { listAt, textAt, textRecordAt, valueAt } from '../../../../model/value.ts';
import { type Workload, workloadsIn } from '../../common/workloads.ts';
import { HTTPRouteGroup, TCPRoute, TrafficTarget, UDPRoute } from '../kinds.ts';
import { matchAskedBy, readMatches } from './matches.ts';

type ReadTargets = { readonly access: readonly Access[]; readonly peculiar: readonly Peculiar[] } & Pick<Ir, 'notes'>;

/** Reads the accounts that the TrafficTargets among some resources protect, each with all that the workspace holds for it. */
export function readTrafficTargets(resources: readonly Resource[], environment: Environment): ReadTargets {
  const chosen = resources.filter((it) => isOfKind(it, TrafficTarget));
  const access: Access[] = [];
  const peculiar: Peculiar[] = [];
  const notes: NonNullable<Ir['notes']>[number][] = [];
  if (chosen.length === 0) return { access, peculiar, notes };
  const accounts = new Map(chosen.map((it) => [accountId(it, environment), it] as const));
  for (const [id, first] of accounts) {
    const targets = environment.index.all(TrafficTarget).filter((it) => accountId(it, environment) === id);
    const { namespace, name } = accountOf(first, destinationOf(first), environment);
    const workloads = workloadsIn(environment, namespace).filter((it) => it.serviceAccount === name);
    if (workloads.length === 0) {
      const text = `No workload here runs as ServiceAccount "${name}" of namespace "${namespace}"; add it, so that its pods are known.`;
      notes.push({ kind: 'missing', text, risk: 'security' });
      peculiar.push(...targets.map((it) => unprotected(it, name)));
      continue;
    }
    peculiar.push(...targets.flatMap((it) => [...ruleless(it, environment)]));
    for (const labels of selectors(workloads)) {
      const isOne = selectors(workloads).length === 1;
      const own = workloads.find((it) => sameLabels(selectorOf(it), labels))?.resource.name ?? name;
      access.push(accessOf(targets, isOne && targets.length === 1 ? first.name : own, namespace, labels, environment));
    }
  }
  return { access, peculiar, notes };
}

/** v1alpha1 has its fields beside `metadata`, and calls its rules specs. */
function at(resource: Resource, field: 'destination' | 'sources' | 'rules'): Path {
  if (valueAt(resource.value, ['spec']) !== undefined) return ['spec', field];
  return [field === 'rules' ? 'specs' : field];
}

function destinationOf(resource: Resource): Path {
  return at(resource, 'destination');
}

interface Account {
  readonly namespace: string;
  readonly name: string;
}

function accountOf(resource: Resource, path: Path, environment: Environment): Account {
  return {
    namespace: textAt(resource.value, [...path, 'namespace']) ?? environment.namespaceOf(resource),
    name: textAt(resource.value, [...path, 'name']) ?? '',
  };
}

function accountId(resource: Resource, environment: Environment): string {
  const { namespace, name } = accountOf(resource, destinationOf(resource), environment);
  return `${namespace}/${name}`;
}

function selectors(workloads: readonly Workload[]): readonly Labels[] {
  const all = workloads.map(selectorOf);
  return all.filter((it, position) => all.findIndex((one) => sameLabels(one, it)) === position);
}

/** The labels by which a workload finds its pods, else all that its pods have. */
function selectorOf({ resource, labels }: Workload): Labels {
  const own = textRecordAt(resource.value, ['spec', 'selector', 'matchLabels']);
  return Object.keys(own).length > 0 ? own : labels;
}

function sameLabels(a: Labels, b: Labels): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);
}

function accessOf(
  targets: readonly Resource[],
  name: string,
  namespace: string,
  labels: Labels,
  environment: Environment,
): Access {
  return {
    name,
    namespace,
    target: {
      value: { type: 'workload', namespace, labels },
      from: targets.flatMap((it) =>
        ['kind', 'name', 'namespace'].map((key) => ({ resource: it, path: [...destinationOf(it), key] })),
      ),
    },
    effect: { value: 'allow', from: [] },
    combine: 'any',
    otherwise: 'deny',
    rules: targets.flatMap((it) => ruleOf(it, environment) ?? []),
  };
}

/** What one TrafficTarget allows; undefined when what it names is not here, and then it allows nothing. */
function ruleOf(resource: Resource, environment: Environment): AccessRule | undefined {
  const rules = listAt(resource.value, at(resource, 'rules'));
  const read = rules.map((_, position) => operationsOf(resource, position, environment));
  const operations = read.flat();
  // A TCPRoute without ports says nothing of how its clients may call.
  const unlimited = read.flatMap((it, position): Origin[] =>
    it.length > 0 && it.every((one) => one === everything)
      ? [{ resource, path: [...at(resource, 'rules'), position] }]
      : [],
  );
  const clients = listAt(resource.value, at(resource, 'sources')).map((_, position): Asked<Identity> => {
    const path = [...at(resource, 'sources'), position];
    const from = [{ resource, path }, ...unlimited];
    return { value: { type: 'account', ...accountOf(resource, path, environment) }, from };
  });
  if (clients.length === 0 || (rules.length > 0 && operations.length === 0)) return undefined;
  const ports = portsOf(resource);
  return {
    clients,
    notClients: [],
    networks: [],
    notNetworks: [],
    operations:
      ports.length > 0
        ? (operations.length > 0 ? operations : [everything]).map((it) => ({ ...it, ports }))
        : operations,
    conditions: [],
  };
}

const everything: Operation = {
  paths: [],
  notPaths: [],
  methods: [],
  notMethods: [],
  hosts: [],
  notHosts: [],
  ports: [],
  notPorts: [],
  headers: [],
};

function operationsOf(resource: Resource, position: number, environment: Environment): readonly Operation[] {
  const path = [...at(resource, 'rules'), position];
  const rule = valueAt(resource.value, path);
  const by: Origin = { resource, path };
  const find = (kind: Kind) =>
    textAt(rule, ['kind']) === kind.name
      ? environment.index.find(kind, environment.namespaceOf(resource), textAt(rule, ['name']) ?? '')
      : undefined;
  const group = find(HTTPRouteGroup);
  if (group) {
    const names = listAt(rule, ['matches']).filter((it) => typeof it === 'string');
    const matches = readMatches(group, names.length > 0 ? new Set(names) : undefined);
    return matches
      .map((it) => matchAskedBy(it, by))
      .map((match) => ({
        ...everything,
        // What asks for every path asks for none; its leaves go with what asks for the condition.
        paths: match.path && !isEveryPath(match.path.value) ? [match.path] : [],
        methods: (match.methods?.value ?? []).map((value) => ({ value, from: match.methods?.from ?? [] })),
        headers: match.headers,
      }));
  }
  const route = find(TCPRoute);
  if (!route) return [];
  const ports = listAt(route.value, ['spec', 'matches', 'ports']);
  if (ports.length === 0) return [everything];
  return [
    {
      ...everything,
      ports: ports.flatMap((value, number): Asked<number>[] =>
        typeof value === 'number'
          ? [{ value, from: [by, { resource: route, path: ['spec', 'matches', 'ports', number] }] }]
          : [],
      ),
    },
  ];
}

function isEveryPath({ type, value }: PathMatch): boolean {
  return type === 'prefix' && value === '/';
}

/** The port of the destination, which versions before v1alpha3 have. */
function portsOf(resource: Resource): readonly Asked<number>[] {
  const path = [...destinationOf(resource), 'port'];
  const port = Number(valueAt(resource.value, path));
  return Number.isInteger(port) && port > 0 ? [{ value: port, from: [{ resource, path }] }] : [];
}

/** Rules that allow nothing: for datagrams, or by a group that is not here. */
function* ruleless(resource: Resource, environment: Environment): Generator<Peculiar> {
  for (const [position, rule] of listAt(resource.value, at(resource, 'rules')).entries()) {
    const from: Origin[] = [{ resource, path: [...at(resource, 'rules'), position] }];
    const kind = textAt(rule, ['kind']) ?? '';
    if (kind === UDPRoute.name)
      yield { from, code: 'no-equivalent', reason: 'No mesh decides who may send datagrams.', risk: 'none' };
    else if (operationsOf(resource, position, environment).length === 0)
      yield {
        from,
        code: 'security-stricter',
        reason: `${kind} "${textAt(rule, ['name']) ?? ''}" is not here, or has no such condition, so that it allows nothing.`,
        risk: 'availability',
      };
  }
}

function unprotected(resource: Resource, account: string): Peculiar {
  return {
    from: [{ resource, path: ['spec'] }],
    code: 'authz-lost',
    reason: `Which pods run as ServiceAccount "${account}" nothing here says, so that none are protected.`,
    risk: 'security',
  };
}
