/**
 * How Consul comes and goes. Commands as of consul-k8s 2.0.3. Sources: developer.hashicorp.com "Install Consul on
 * Kubernetes with Helm", "Onboard services in transparent proxy mode" (permissive mutual TLS), "consul-k8s" CLI;
 * consul-k8s control-plane/connect-inject/constants/annotations_and_labels.go (the injector reads pods only).
 */

import type { Deed, Moving, MovingNamespace } from '../moving.ts';
import {
  addRepository,
  allIntentions,
  allProxies,
  installChart,
  installValues,
  proxiesOf,
  showStatus,
  systemPods,
  uninstallAndWipe,
} from './commands.ts';
import { ServiceIntentions } from './kinds.ts';

/** The annotation stands on pods, so each workload is told by itself; a change of its template restarts it. */
const inject = ({ name, workloads }: MovingNamespace, value: string) =>
  (workloads.length > 0 ? workloads : ['deployment/NAME']).map(
    (it) =>
      `kubectl patch ${it} -n ${name} --type merge -p '{"spec":{"template":{"metadata":{"annotations":{"consul.hashicorp.com/connect-inject":${value}}}}}}'`,
  );

const defaults = (mode: string): Deed => ({
  file: 'consul-mutual-tls.yaml',
  isApplied: true,
  text: `apiVersion: consul.hashicorp.com/v1alpha1
kind: Mesh
metadata:
  name: mesh
  namespace: consul
spec:
  allowEnablingPermissiveMutualTLS: ${mode === 'permissive'}
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ProxyDefaults
metadata:
  name: global
  namespace: consul
spec:
  mutualTLSMode: ${mode}
`,
});

export const moving: Moving = {
  install: [
    {
      title: 'Install Consul',
      why: 'With `connectInject.default: false` only pods that ask for it are injected, so the other mesh is left alone. Turn on TLS, access lists and gossip encryption before the first service is in.',
      commands: [installValues, addRepository, installChart],
      checks: [showStatus, systemPods],
      rollback: [uninstallAndWipe],
    },
  ],
  letIn: {
    title: 'Accept plain text in Consul',
    why: 'Pods that have left Consul bring no certificate that it knows. Permissive mutual TLS needs transparent proxies, and intentions are **not** looked at for plain text: whoever reaches the port is let in. If the workspace has a Mesh or ProxyDefaults, change these instead.',
    commands: [defaults('permissive')],
    checks: ['kubectl get proxydefaults,servicedefaults,mesh -A'],
    rollback: [defaults('strict')],
  },
  beStrict: {
    title: 'Refuse plain text in Consul',
    why: 'Until now Consul may have accepted plain text, since clients were still outside of it. Intentions hold for every client from here on. If the workspace has a Mesh or ProxyDefaults, change these instead.',
    commands: [defaults('strict')],
    checks: [allIntentions, allProxies],
    rollback: [defaults('permissive')],
  },
  join: (namespace) => inject(namespace, '"true"'),
  leave: (namespace) => inject(namespace, 'null'),
  checks: (namespace) => [proxiesOf(namespace), `kubectl get serviceintentions -n ${namespace}`],
  uninstall: {
    title: 'Take Consul out',
    why: 'Only when no pod has a container `consul-dataplane` any more. What other systems look up in its catalogue goes as well: see that nothing outside of the mesh asks for it.',
    commands: [allProxies, 'consul-k8s uninstall'],
  },
  refusing: [ServiceIntentions],
};
