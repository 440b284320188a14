/** Operations as permissions of an intention. */

import type { Asked, Operation, PathMatch } from '../../../model/ir.ts';
import type { ServiceFacts } from '../../kubernetes/common/workloads.ts';
import type { Drafts, Spec } from './drafts.ts';
import { combinations, headerForms, isEveryPath, pathForms, quoteRegex, standardMethods } from './matches.ts';
import { registeredPort } from './services.ts';

export interface Permission {
  readonly http: Spec;
  /** Requests among them for which the permission does not hold. */
  readonly except: readonly Spec[];
  /** Reports the fates of what asked for it, once it stands somewhere. */
  record(place: string): void;
  /** Reports that the exceptions are not kept, or that they hold for more than they should. */
  makeStricter(place: string): void;
}

/**
 * The permissions of an operation, or `every` when it is about all requests, or `none` when Consul cannot say it, or it
 * is about requests that Consul does not see. What cannot be said leaves out an allow and a condition of a deny.
 */
export function permissionsOf(
  operation: Operation,
  effect: 'allow' | 'deny',
  service: ServiceFacts,
  drafts: Drafts,
  place: string,
): readonly Permission[] | 'every' | 'none' {
  const { ledger } = drafts;
  if (!isAboutPort(operation, effect, service, drafts, place)) return 'none';
  const { paths } = operation;
  const isAnyPath = paths.length === 0 || paths.some((it) => isEveryPath(it.value));
  const methods = methodsOf(operation.methods);
  const headers: (readonly Spec[])[] = operation.headers.map(({ value }) =>
    headerForms(value.name, value.match, 'permission'),
  );
  if (operation.hosts.length > 0) headers.push(operation.hosts.map((it) => hostForm(it.value, effect)));
  for (const { value } of operation.notHosts) headers.push([{ ...hostForm(value, 'deny'), invert: true }]);
  // Not the other methods by name: it has to hold for those that HTTP does not know, too.
  const excluded = methodsOf(operation.notMethods);
  for (const method of excluded) headers.push([{ name: ':method', exact: method, invert: true }]);

  const record = (at: string) => recordFates(operation, effect, drafts, at);
  const forms = isAnyPath
    ? [{}]
    : paths.flatMap((it) => pathForms(it.value).map(({ fields }) => permissionPath(fields)));
  const exceptions = operation.notPaths.flatMap((it) =>
    pathForms(it.value).map(({ fields }) => permissionPath(fields)),
  );
  const isEvery = isAnyPath && methods.length === 0 && headers.length === 0 && exceptions.length === 0;
  if (isEvery) {
    record(place);
    return 'every';
  }
  const rest = combinations(headers).map((header) => ({
    ...(methods.length > 0 && { methods }),
    ...(header.length > 0 && { header }),
  }));
  const except = exceptions.flatMap((path) => rest.map((it): Spec => ({ ...path, ...it })));
  return forms.flatMap((path) =>
    rest.map((it): Permission => {
      const http: Spec = { ...path, ...it };
      return {
        http: Object.keys(http).length === 0 ? { pathPrefix: '/' } : http,
        except,
        record,
        makeStricter(at) {
          for (const asked of operation.notPaths)
            ledger.changed(
              asked,
              at,
              'security-stricter',
              effect === 'deny'
                ? 'Permissions are asked from the top, so the exception cannot be let through here; it is denied as well.'
                : 'Permissions are asked from the top, so the exception also holds for what follows.',
              'availability',
            );
        },
      };
    }),
  );
}

/** A path of a permission: Consul ignores case nowhere here but in a regex. */
function permissionPath({ caseInsensitive, ...fields }: Spec): Spec {
  if (caseInsensitive !== true) return fields;
  const exact = fields['pathExact'];
  const prefix = fields['pathPrefix'];
  if (typeof exact === 'string') return { pathRegex: `(?i)${quoteRegex(exact)}` };
  return typeof prefix === 'string' ? { pathRegex: `(?i)${quoteRegex(prefix)}.*` } : fields;
}

/** Methods as a list; `*` and patterns stand for those of HTTP that fit, all of them for none. */
function methodsOf(asked: readonly Asked<string>[]): readonly string[] {
  if (asked.some((it) => it.value === '*')) return [];
  return [
    ...new Set(
      asked.flatMap(({ value }) => {
        if (value.endsWith('*')) return standardMethods.filter((it) => it.startsWith(value.slice(0, -1)));
        if (value.startsWith('*')) return standardMethods.filter((it) => it.endsWith(value.slice(1)));
        return [value];
      }),
    ),
  ];
}

/** A host as the header that carries it. To deny it, it may have a port; to allow it, it may not. */
function hostForm(match: Operation['hosts'][number]['value'], effect: 'allow' | 'deny'): Spec {
  const name = ':authority';
  if (match.type === 'present') return { name, present: true };
  if (match.type === 'regex') return { name, regex: match.value };
  if (effect === 'allow') return { name, [match.type]: match.value, ignoreCase: true };
  const text = quoteRegex(match.value);
  const before = match.type === 'suffix' || match.type === 'contains' ? '.*' : '';
  const after = match.type === 'prefix' || match.type === 'contains' ? '.*' : '';
  return { name, regex: `(?i)${before}${text}${after}(:[0-9]+)?` };
}

/** Whether the operation is about the port that Consul protects; fates of its ports are told here. */
function isAboutPort(
  { ports, notPorts }: Operation,
  effect: 'allow' | 'deny',
  service: ServiceFacts,
  drafts: Drafts,
  place: string,
): boolean {
  if (ports.length + notPorts.length === 0) return true;
  const { ledger, environment } = drafts;
  const registered = registeredPort(environment, service)?.port;
  const why = 'Consul protects one port of a service';
  if (registered === undefined && effect === 'allow') {
    for (const it of [...ports, ...notPorts])
      ledger.lost(
        it,
        'port-not-addressable',
        `${why}, and which one is not known; the rule is left out.`,
        'availability',
      );
    return false;
  }
  if (registered === undefined) {
    for (const it of [...ports, ...notPorts])
      ledger.changed(it, place, 'security-stricter', `${why}, so the rule denies on it.`, 'availability');
    return true;
  }
  let isIt = ports.length === 0;
  for (const it of ports) {
    if (it.value === registered) {
      isIt = true;
      ledger.exact(it, place, `${why}: this one.`);
    } else
      ledger.lost(
        it,
        'port-not-addressable',
        `${why}, ${registered}; what is said of another does not hold here.`,
        effect === 'deny' ? 'security' : 'availability',
      );
  }
  for (const it of notPorts) {
    if (it.value === registered) isIt = false;
    ledger.exact(it, place, `${why}: ${registered}.`);
  }
  return isIt;
}

/** Whether some request may fit both of two permissions; false only when paths or methods surely differ. */
export function mayOverlap(a: Spec, b: Spec): boolean {
  const [mine, other] = [a['methods'], b['methods']];
  if (Array.isArray(mine) && Array.isArray(other) && !mine.some((it) => other.includes(it))) return false;
  const [[own, isExact], [theirs, isTheirsExact]] = [pathText(a), pathText(b)];
  if (own === undefined || theirs === undefined) return true;
  if (isExact && isTheirsExact) return own === theirs;
  if (isExact) return own.startsWith(theirs);
  return isTheirsExact ? theirs.startsWith(own) : own.startsWith(theirs) || theirs.startsWith(own);
}

/** Whether every request of the second permission is one of the first; false where nobody can say. */
export function includes(wide: Spec, narrow: Spec): boolean {
  if (JSON.stringify(wide) === JSON.stringify(narrow)) return true;
  const [only, ...more] = Object.keys(wide);
  if (!only?.startsWith('path') || more.length > 0) return false;
  const [path, isExact] = pathText(wide);
  const [own] = pathText(narrow);
  if (isExact || path === undefined) return false;
  return path === '/' || (own !== undefined && own.startsWith(path));
}

/** The path of a permission, and whether it is a whole one; undefined for a regex. */
function pathText(http: Spec): readonly [string | undefined, boolean] {
  const { pathExact, pathPrefix, pathRegex } = http;
  if (typeof pathExact === 'string') return [pathExact, true];
  if (typeof pathRegex === 'string') return [undefined, false];
  return [typeof pathPrefix === 'string' ? pathPrefix : '/', false];
}

const pathFields: Readonly<Record<PathMatch['type'], string>> = {
  exact: 'pathExact',
  prefix: 'pathPrefix',
  segments: 'pathPrefix',
  regex: 'pathRegex',
};

function recordFates(operation: Operation, effect: 'allow' | 'deny', { ledger }: Drafts, place: string): void {
  const below = (field: string) => (place.endsWith('.http') ? `${place}.${field}` : place);
  for (const it of operation.paths) ledger.exact(it, below(pathFields[it.value.type]));
  for (const it of operation.notPaths) ledger.exact(it, place, 'A permission before it takes these requests out.');
  for (const it of operation.methods) ledger.exact(it, below('methods'));
  for (const it of operation.notMethods) ledger.exact(it, below('header'), 'Matched as the header ":method".');
  for (const it of operation.headers)
    ledger.exact(it, below('header'), it.value.match.negate ? 'The header is absent, or has another value.' : '');
  for (const it of [...operation.hosts, ...operation.notHosts])
    ledger.changed(
      it,
      below('header'),
      'authority-match',
      'Matched as the header ":authority" by its text: clients write a service in several ways.',
      effect === 'deny' ? 'security' : 'availability',
    );
}
