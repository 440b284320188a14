/**
 * Playbooks of Linkerd 2.20 (edge-26.6.3 and later). Sources: linkerd2 cli/cmd, viz/cmd, multicluster/cmd, charts;
 * linkerd/website run.linkerd.io/public/install, "Generating your own mTLS root certificates", "Installing multi-cluster
 * components", "Exporting metrics", "Distributed tracing".
 */

import {
  annotateNamespace,
  certificateFlags,
  check,
  checkBefore,
  checkProxies,
  installCrds,
  installGatewayApi,
  installWithCertificates,
  uninstall,
  uninstallViz,
} from '../linkerd/commands.ts';
import { moving } from '../linkerd/moving.ts';
import { restart } from '../moving.ts';
import { its } from './fields.ts';
import { migrate } from './migrate.ts';
import { file, type Playbook, type PlaybookStep, run, same, seed } from './playbook.ts';

/** The edge release that is 2.20. */
const release = 'edge-26.6.3';
const here = { name: its.namespace, workloads: [] };
const plainInstall = 'linkerd install | kubectl apply -f -';
const installScript = 'https://run.linkerd.io/install-edge';

const certificates: PlaybookStep = {
  id: 'certificates',
  title: 'Make a trust anchor and an issuer',
  why: 'Without them, `linkerd install` makes an anchor that ends after one year, and keeps its key nowhere. Put `root.key` away where no cluster reads it, and write down who renews `issuer.crt` within the year. `step` is the tool of Smallstep.',
  actions: [
    run(
      'step certificate create root.linkerd.cluster.local root.crt root.key --profile root-ca --no-password --insecure --not-after 87600h',
    ),
    run(
      'step certificate create identity.linkerd.cluster.local issuer.crt issuer.key --profile intermediate-ca --not-after 8760h --no-password --insecure --ca root.crt --ca-key root.key',
    ),
  ],
};

const install: Playbook = {
  mesh: 'linkerd',
  topic: 'install',
  summary:
    'The control plane with certificates of your own, and nothing injected yet. The project itself releases edge versions; stable ones come from vendors.',
  source: 'https://linkerd.io/docs/getting-started/',
  steps: [
    {
      id: 'cli',
      title: 'Get the linkerd command',
      why: `Pinned to the release that is 2.20, so that command and control plane agree.`,
      actions: [
        run(
          `curl --proto '=https' --tlsv1.2 -sSfL ${installScript} | LINKERD2_VERSION=${release} sh`,
          seed(
            'L2',
            "curl --proto '=https' --tlsv1.2 -sSfL https://run.linkerd.io/install | sh",
            'changed',
            'This address is deprecated, says so, and installs the latest edge release; it used to install a stable one.',
          ),
          seed(
            'L1',
            'brew install linkerd',
            'unverified',
            'The documentation no longer names it after 2.13; what Homebrew has was not checked.',
          ),
        ),
        run(
          'export PATH="$PATH:$HOME/.linkerd2/bin"',
          seed(
            undefined,
            'export PATH=$PATH:$HOME/.linkerd2/bin',
            'works',
            'Quotes keep a folder with spaces in one piece.',
          ),
        ),
      ],
      checks: [run('linkerd version --client')],
    },
    {
      id: 'gateway-api',
      title: 'Install the Gateway API',
      why: 'Linkerd needs its definitions and has not brought them since 2.19; guides from before leave the step out. Fields newer than 1.2.1 make it pass over the whole route.',
      actions: [
        run(installGatewayApi, {
          id: 'L3',
          verdict: 'incomplete',
          why: 'Guides have no such step: without it, the check below fails.',
          command: '(no step for the Gateway API)',
        }),
      ],
    },
    certificates,
    {
      id: 'control-plane',
      title: 'Install the control plane',
      why: 'Definitions first, since the second command needs them. For production add `--ha`; see the ways to install below.',
      actions: [
        run(checkBefore, same('L4')),
        run(installCrds, same('L5')),
        run(
          installWithCertificates,
          seed('L6', plainInstall, 'incomplete', 'Fine for a try: it makes a trust anchor that ends after one year.'),
        ),
      ],
      checks: [run(check, same('L7'))],
      rollback: [run(uninstall)],
    },
  ],
  profiles: [
    {
      name: 'trial',
      holds: 'one replica of each, a trust anchor made on the spot',
      use: 'A look at it. The anchor ends after one year and cannot be renewed.',
      action: run(plainInstall),
    },
    {
      name: 'own certificates',
      holds: 'one replica of each, your own trust anchor',
      use: 'The least for anything that lasts, and for several clusters.',
      action: run(installWithCertificates),
    },
    {
      name: 'high availability',
      holds: 'three replicas on different nodes, requests and limits, a webhook that refuses pods while it is away',
      use: 'Production. Label `kube-system` with `config.linkerd.io/admission-webhooks=disabled` first.',
      action: run(`linkerd install --ha ${certificateFlags} | kubectl apply -f -`),
    },
    {
      name: 'Helm',
      holds: 'the same control plane as a release of Helm',
      use: 'Production under GitOps; beside it stands the chart `linkerd-crds`. Add the repository by `helm repo add linkerd-edge https://helm.linkerd.io/edge`.',
      action: run(
        'helm install linkerd-control-plane linkerd-edge/linkerd-control-plane -n linkerd --set-file identityTrustAnchorsPEM=root.crt --set-file identity.issuer.tls.crtPEM=issuer.crt --set-file identity.issuer.tls.keyPEM=issuer.key',
      ),
    },
  ],
};

const inject: Playbook = {
  mesh: 'linkerd',
  topic: 'inject',
  summary:
    'An annotation on the namespace, or on a pod template, and a restart. The proxy is a native sidecar: Jobs end beside it.',
  source: 'https://linkerd.io/docs/tasks/adding-your-service/',
  steps: [
    {
      id: 'namespace',
      title: 'All workloads of a namespace',
      why: 'The annotation is read when a pod is made. Under GitOps write it into the manifest of the namespace instead.',
      actions: [
        run(
          annotateNamespace(its.namespace),
          seed(
            'L10',
            'kubectl annotate namespace default linkerd.io/inject=enabled',
            'incomplete',
            'The annotation alone changes no pod that runs already.',
          ),
        ),
        ...restart(here).map((it) => run(it)),
      ],
      checks: [run(`linkerd -n ${its.namespace} check --proxy`, same('L11'))],
      rollback: [...moving.leave(here), ...restart(here)].map((it) => run(it)),
    },
    {
      id: 'workload',
      title: 'Some workloads alone',
      why: 'It writes the annotation into each pod template of the cluster, which the next deployment from Git takes away again.',
      actions: [
        run(`kubectl get deploy -n ${its.namespace} -o yaml | linkerd inject - | kubectl apply -f -`, same('L9')),
      ],
      rollback: [run(`kubectl get deploy -n ${its.namespace} -o yaml | linkerd uninject - | kubectl apply -f -`)],
    },
  ],
};

const multiCluster: Playbook = {
  mesh: 'linkerd',
  topic: 'multi-cluster',
  summary:
    'The first cluster gets to call Services of the second one, as `NAME-cluster2`. Both have the same trust anchor. Names of clusters are the ones the steps give them; the fields are contexts of your kubeconfig.',
  source: 'https://linkerd.io/docs/tasks/installing-multicluster/',
  steps: [
    certificates,
    {
      id: 'control-planes',
      title: 'Install Linkerd in both',
      why: 'With the same anchor. The Gateway API has to be in both as well.',
      actions: [its.cluster1, its.cluster2].flatMap((context, at) => [
        run(`kubectl --context ${context} ${installGatewayApi.replace('kubectl ', '')}`),
        run(`linkerd --context ${context} install --crds | kubectl --context ${context} apply -f -`),
        run(
          `linkerd --context ${context} install ${certificateFlags} | kubectl --context ${context} apply -f -`,
          ...(at === 0
            ? [
                seed(
                  'L19',
                  plainInstall,
                  'wrong',
                  'Run once for each cluster, it makes an anchor for each: neither believes the other, and no request crosses.',
                ),
              ]
            : []),
        ),
      ]),
      checks: [its.cluster1, its.cluster2].map((it) => run(`linkerd --context ${it} check`)),
    },
    {
      id: 'extension',
      title: 'Install the extension in both',
      why: 'The file makes the first cluster watch the second. Links are plain YAML since 2.18.',
      actions: [
        file('multicluster-values.yaml', 'controllers:\n  - link:\n      ref:\n        name: cluster2\n'),
        run(
          `linkerd --context ${its.cluster1} multicluster install -f multicluster-values.yaml | kubectl --context ${its.cluster1} apply -f -`,
          {
            id: 'L20',
            command: '(no step for the extension)',
            verdict: 'incomplete',
            why: 'Guides link clusters without having installed what links them.',
          },
        ),
        run(`linkerd --context ${its.cluster2} multicluster install | kubectl --context ${its.cluster2} apply -f -`),
      ],
    },
    {
      id: 'link',
      title: 'Link them',
      why: 'Credentials are made in the second cluster and kept in the first.',
      actions: [
        run(
          `linkerd --context ${its.cluster2} multicluster link-gen --cluster-name cluster2 | kubectl --context ${its.cluster1} apply -f -`,
          seed(
            'L21',
            'linkerd multicluster link --cluster-name cluster2 | kubectl apply -f -',
            'deprecated',
            '`link-gen` took its place with 2.18. Without contexts, it also links a cluster with itself.',
          ),
        ),
      ],
      checks: [
        run(
          `linkerd --context ${its.cluster1} multicluster check`,
          seed('L23', 'linkerd multicluster check', 'works', ''),
        ),
        run(`linkerd --context ${its.cluster1} multicluster gateways`),
      ],
    },
    {
      id: 'export',
      title: 'Export a Service',
      why: '`exported=true` goes through the gateway. Where pods reach each other directly, `remote-discovery` does without; `mirror.linkerd.io/federated=member` makes one Service out of those with the same name.',
      actions: [
        run(
          `kubectl --context ${its.cluster2} label svc/${its.service} -n ${its.namespace} mirror.linkerd.io/exported=true`,
          seed('L22', 'kubectl label svc/webapp mirror.linkerd.io/exported=true', 'works', ''),
        ),
      ],
      checks: [run(`kubectl --context ${its.cluster1} get svc ${its.service}-cluster2 -n ${its.namespace}`)],
      rollback: [
        run(
          `kubectl --context ${its.cluster2} label svc/${its.service} -n ${its.namespace} mirror.linkerd.io/exported-`,
        ),
      ],
    },
  ],
};

const observe: Playbook = {
  mesh: 'linkerd',
  topic: 'observe',
  summary:
    'Success rate, requests per second and latency of every workload without touching the application. The extension keeps about six hours in memory; for longer, your own Prometheus scrapes the proxies.',
  source: 'https://linkerd.io/docs/features/dashboard/',
  steps: [
    {
      id: 'viz',
      title: 'Install the viz extension',
      why: 'The dashboard is not part of the control plane.',
      actions: [run('linkerd viz install | kubectl apply -f -', same('L8'))],
      checks: [run('linkerd viz check')],
      rollback: [run(uninstallViz)],
    },
    {
      id: 'look',
      title: 'Look',
      why: '`stat` counts what comes in; `stat-inbound` and `stat-outbound` count by route of the Gateway API. Tap shows single requests as they pass.',
      actions: [
        run('linkerd viz dashboard', same('L12')),
        run(`linkerd viz stat deploy -n ${its.namespace}`, seed('L13', 'linkerd viz stat deploy', 'works', '')),
        run(
          `linkerd viz stat-outbound ${its.workload} -n ${its.namespace}`,
          seed(
            'L14',
            'linkerd viz routes deploy/webapp',
            'incomplete',
            'It knows routes of ServiceProfiles alone, not those of the Gateway API.',
          ),
        ),
        run(`linkerd viz stat-inbound ${its.workload} -n ${its.namespace}`),
        run(
          `linkerd viz tap ${its.workload} -n ${its.namespace}`,
          seed('L15', 'linkerd viz tap deploy/webapp', 'works', ''),
        ),
        run(
          'kubectl get serviceprofiles -A',
          seed(
            'L16',
            'linkerd viz profile --help',
            'wrong',
            'The command makes profiles out of what tap sees; it checks none.',
          ),
        ),
      ],
    },
  ],
};

const troubleshoot: Playbook = {
  mesh: 'linkerd',
  topic: 'troubleshoot',
  summary: 'First what the checks say, then what one Service and one proxy do.',
  source: 'https://linkerd.io/docs/tasks/troubleshooting/',
  steps: [
    {
      id: 'checks',
      title: 'Let it check itself',
      why: 'Each line that fails links to what to do about it. The second looks at the proxies: versions, certificates, whether they run.',
      actions: [run(check, same('L7')), run(checkProxies, same())],
    },
    {
      id: 'traffic',
      title: 'What passes through?',
      why: 'As JSON, tap shows headers and who the client is: whether it is `tls` tells a client of the mesh from one outside.',
      actions: [
        run(
          `linkerd viz tap ${its.workload} -n ${its.namespace} -o json`,
          seed('L15', 'linkerd viz tap deploy/webapp -o json', 'works', ''),
        ),
      ],
    },
    {
      id: 'policy',
      title: 'What does the control plane tell the proxies?',
      why: 'Routes, timeouts, circuit breakers and authorizations as they arrive; the port is that of the Service. A ServiceProfile for the same Service takes the place of its routes.',
      actions: [
        run(`linkerd diagnostics policy svc/${its.service} 80 -n ${its.namespace} -o json`),
        run(`linkerd diagnostics endpoints ${its.service}.${its.namespace}.svc.cluster.local:80`),
        run(
          `linkerd diagnostics profile ${its.service}.${its.namespace}.svc.cluster.local:80`,
          seed(
            'L18',
            'linkerd viz profile --open-api swagger.json webapp',
            'wrong',
            'The flag belongs to the command without `viz`: `linkerd profile --open-api swagger.json webapp` makes a ServiceProfile. New work is better written as HTTPRoutes.',
          ),
        ),
      ],
    },
    {
      id: 'logs',
      title: 'What do the logs say?',
      why: 'More by `config.linkerd.io/proxy-log-level: linkerd=debug` on the pod template.',
      actions: [
        run(
          `kubectl logs ${its.pod} -n ${its.namespace} -c linkerd-proxy`,
          seed(
            'L17',
            'linkerd viz logs',
            'never',
            'The extension has no such command. `linkerd logs` was part of the command line until 2.9.',
          ),
        ),
        run('kubectl logs -n linkerd deploy/linkerd-destination -c destination'),
      ],
    },
  ],
};

export const linkerd = {
  install,
  inject,
  'multi-cluster': multiCluster,
  observe,
  troubleshoot,
  migrate: migrate('linkerd', 'https://linkerd.io/docs/tasks/install/', {
    'install-2': [
      seed(
        'L6',
        plainInstall,
        'incomplete',
        'As the first step beside Istio it works, for a year: the anchor that it makes ends then.',
      ),
    ],
    'from-istio': [
      seed(
        'I23',
        'kubectl label namespace test istio-injection-',
        'incomplete',
        'As a step behind the injection it comes too late, and restarts nothing: pods keep the sidecar of Istio, and Linkerd passes over every pod that has one.',
      ),
      seed(
        'L9',
        'kubectl get deploy -n test -o yaml | linkerd inject - | kubectl apply -f -',
        'wrong',
        'While the namespace still carries the label of Istio, new pods get its sidecar, and Linkerd passes over them.',
      ),
      seed('L24', 'linkerd check --proxy -n test', 'works', ''),
    ],
  }),
};
