"""What a placement of a SPACE4AI system costs and how fast it is, written down once more to judge the C code by.

Plain Python from the published formulas (docs/placement.md); it shares no code with src/perf and src/place. Slow on
purpose where slow is simpler: the chain of a function's warm instances is solved in 60-digit decimals.

    judge = Judge(system, semantics='cpp', rate=1.8)     # system: the parsed JSON
    verdict = judge.judge(read_output(system, output))   # output: the parsed Output.json
    best = cheapest(judge)                               # tries everything; small systems alone
"""
import functools
import itertools
import math
from collections import namedtuple
from decimal import Decimal, localcontext

TOLERANCE = 1e-12  # limits are held up to this relative difference
QUEUES = ('QTEDGE', 'QTCLOUD')
CHAINS = ('PACSLTK', 'PACSLTKSTATIC')

# bits: of a delay; component_rate: functions see the component's; once: of partitions on one function the first pays;
# transfer: between components; all_machines: memory of all together; function_sum: functions hold a sum
Semantics = namedtuple('Semantics', 'bits component_rate once transfer all_machines function_sum')
SEMANTICS = {
    'cpp': Semantics(1, False, True, 'cpp', True, True),
    'python': Semantics(8, True, False, 'last', False, True),
    'native': Semantics(8, False, False, 'expected', False, False),
}

# resource: {component: (resource, ...)} in the order of the chain of deployment[component]; count: {resource: n}
Placement = namedtuple('Placement', 'deployment resource count')
Verdict = namedtuple('Verdict', 'feasible cost components paths utilization parts violations')


@functools.lru_cache(maxsize=100000)
def function_response_s(rate, warm, cold, idle):
    """Mean response time of a function: a birth-death chain of its number of warm instances."""
    if rate == 0:
        return cold  # nothing is ever warm
    with localcontext() as context:
        context.prec = 60
        context.Emin, context.Emax = -10 ** 9, 10 ** 9
        load, lam = Decimal(rate) * Decimal(warm), Decimal(rate)
        birth_of_cold = 1 / Decimal(cold)
        blocked, inverse = Decimal(1), Decimal(1)
        death, last, m = Decimal(0), 30, 0
        births, deaths, responses = [], [], []
        while True:
            births.append(lam * blocked * birth_of_cold / (lam * blocked + birth_of_cold))
            deaths.append(death)
            responses.append(Decimal(cold) if m == 0 else Decimal(warm) if m == 1000 else
                             blocked * Decimal(cold) + (1 - blocked) * Decimal(warm))
            if lam * blocked > death:
                last = min(max(last, m + 30), 1000)
            if m == last:
                break
            m += 1
            before, inverse = blocked, 1 + inverse * m / load
            blocked = 1 / inverse
            share = lam * (before - blocked)  # what the m-th instance gets
            stays = 1 - (1 - math.exp(-float(Decimal(idle) * share)))  # in doubles: exactly 0 beyond about 37
            if stays > 0:
                total = Decimal(idle) + Decimal(warm)
                fades = (-share * total).exp()
                death += 1 / (Decimal(idle) + (1 / Decimal(stays) - 1) * ((1 - fades) / share - total * fades))
        # below the first state that can be left downwards nothing stays
        first = next((i for i in range(1, len(deaths)) if deaths[i] > 0), len(deaths)) - 1
        weight, sum_weight, sum_response = Decimal(1), Decimal(0), Decimal(0)
        for i in range(first, len(births)):
            if i > first:
                weight *= births[i - 1] / deaths[i]
            sum_weight += weight
            sum_response += weight * responses[i]
        return float(sum_response / sum_weight)


def _lookup(points, x):
    """(index, share of the next point) of x between points, None outside."""
    if not points[0] <= x <= points[-1]:
        return None
    for i in range(len(points) - 1):
        if x <= points[i + 1]:
            return i, (x - points[i]) / (points[i + 1] - points[i])
    return 0, 0.0


def predict(model, cores, rate):
    """Response time of a fitted model; infinite where it has no answer."""
    if model['kind'] == 'linear':
        if rate == 0 and any(term.get('log_rate', 0) or term.get('rate', 0) < 0 for term in model.get('terms', [])):
            return math.inf
        value = model.get('intercept', 0) + sum(
            term['coefficient'] * cores ** term.get('cores', 0) * math.log(cores) ** term.get('log_cores', 0)
            * rate ** term.get('rate', 0) * math.log(rate or 1) ** term.get('log_rate', 0)
            for term in model.get('terms', []))
    else:
        row, column = _lookup(model['cores'], cores), _lookup(model['rate'], rate)
        if row is None or column is None:
            return math.inf
        (i, u), (j, v) = row, column
        at = lambda a, b: model['response_s'][min(a, len(model['cores']) - 1)][min(b, len(model['rate']) - 1)]
        value = ((1 - u) * ((1 - v) * at(i, j) + v * at(i, j + 1))
                 + u * ((1 - v) * at(i + 1, j) + v * at(i + 1, j + 1)))
    return value if 0 < value < math.inf else math.inf


class Resource:
    def __init__(self, name, layer, kind, entry):
        self.name, self.layer, self.kind = name, layer, kind
        self.cost, self.memory = entry['cost'], entry['memory']
        self.number = entry.get('number', 1) if kind != 'faas' else 1
        self.cores = entry.get('n_cores', 1)
        self.idle = entry.get('idle_time_before_kill')
        self.cloud = kind != 'edge'


def chain_of(deployment):
    """Partitions of a deployment, first to last: the head is the one that nobody points at."""
    targets = {name for part in deployment.values() for name in part['next']}
    heads = [name for name in deployment if name not in targets]
    assert len(heads) == 1, heads
    chain = heads
    while True:
        following = [name for name in deployment[chain[-1]]['next'] if name in deployment]
        if not following:
            return chain
        chain.append(following[0])


def resources_of(system):
    found = {}
    for key, kind in (('EdgeResources', 'edge'), ('CloudResources', 'vm'), ('FaaSResources', 'faas')):
        for layer, entries in system.get(key, {}).items():
            for name, entry in entries.items() if isinstance(entries, dict) else ():
                if isinstance(entry, dict):
                    found[name] = Resource(name, layer, kind, entry)
    return found


def domains_of(system):
    found = []
    for domain in system.get('NetworkTechnology', {}).values():
        domain = {key.lower(): value for key, value in domain.items()}
        found.append((set(domain['computationallayers']), domain['accessdelay'], domain['bandwidth']))
    return found


class Judge:
    """A system under one semantics and rate. `without` names rules that are not held; `edge_price` is the share of
    edge machines' price that counts."""

    def __init__(self, system, semantics='native', rate=None, without=(), edge_price=1):
        self.system, self.rules, self.semantics = system, SEMANTICS[semantics], semantics
        self.without = set(without)
        self.rate = system['Lambda'] if rate is None else rate
        self.horizon = system.get('Time', 1)
        self.resources, self.domains = resources_of(system), domains_of(system)
        for resource in self.resources.values():
            resource.cost *= edge_price if resource.kind == 'edge' else 1
        self.names = list(system['Components'])
        self.local = {c: entry['local_res_time'] for c, entry in system.get('LocalConstraints', {}).items()}
        self.paths = {p: (entry['components'], entry['global_res_time'])
                      for p, entry in system.get('GlobalConstraints', {}).items()}
        graph = system['DirectedAcyclicGraph']
        self.next = {c: dict(zip(graph.get(c, {}).get('next', []), graph.get(c, {}).get('transition_probability', [])))
                     for c in self.names}
        self._order()
        self.chains = {c: {s: chain_of(parts) for s, parts in deployments.items()}
                       for c, deployments in system['Components'].items()}
        self._rates()
        self._layer_delay, self._alone = {}, {}

    def _order(self):
        """Rates of components; descendants of each."""
        self.component_rate, done = {}, []
        before = {c: [a for a in self.names if c in self.next[a]] for c in self.names}
        while len(done) < len(self.names):
            ready = [c for c in self.names if c not in done and all(a in done for a in before[c])]
            assert ready, 'a cycle'
            c = ready[0]
            self.component_rate[c] = self.rate if not before[c] else math.fsum(
                self.component_rate[a] * self.next[a][c] for a in before[c])
            done.append(c)
        self.order, self.before = done, before
        self.below = {c: set() for c in done}
        for c in reversed(done):
            for child in self.next[c]:
                self.below[c] |= {child} | self.below[child]

    def _rates(self):
        self.part_rate, self.exit = {}, {}
        for c, deployments in self.chains.items():
            for s, chain in deployments.items():
                rate = self.component_rate[c]
                for i, h in enumerate(chain):
                    self.part_rate[c, h] = rate
                    leave = self.system['Components'][c][s][h].get('early_exit_probability', 0)
                    self.exit[c, h] = leave if i < len(chain) - 1 else 0
                    rate *= 1 - self.exit[c, h]

    def lock(self, current):
        """As at run time: no other edge machines than those that run, VM layers in use keep their type."""
        used = {r for on in current.resource.values() for r in on}
        kept = {self.resources[r].layer: r for r in used if self.resources[r].kind == 'vm'}
        for name, resource in list(self.resources.items()):
            if resource.kind == 'edge' and name in used:
                resource.number = current.count[name]
            elif resource.kind == 'edge' or resource.kind == 'vm' and kept.get(resource.layer, name) != name:
                del self.resources[name]

    def performance(self, c, h, r):
        return self.system['Performance'][c][h][r]

    def memory(self, c, h, r):
        return next(e['memory'] for e in self.system['CompatibilityMatrix'][c][h] if e['resource'] == r)

    def candidates(self, c, h):
        models = self.system['Performance'].get(c, {}).get(h, {})
        return [e['resource'] for e in self.system['CompatibilityMatrix'][c][h]
                if e['resource'] in models and e['resource'] in self.resources]

    def wants_alone(self, c, h, r):
        key = c, h, r
        if key not in self._alone:
            fitted = self.performance(c, h, r)['model'].upper() not in QUEUES + CHAINS
            self._alone[key] = fitted and self.resources[r].kind != 'faas'
        return self._alone[key]

    def delay(self, a, b, data):
        """Between two resources; infinite without a common domain."""
        if a == b:
            return 0.0
        key = self.resources[a].layer, self.resources[b].layer, data
        if key not in self._layer_delay:
            self._layer_delay[key] = min((access + self.rules.bits * data / bandwidth
                                          for layers, access, bandwidth in self.domains
                                          if key[0] in layers and key[1] in layers), default=math.inf)
        return self._layer_delay[key]

    def function_rate(self, c, h):
        return self.component_rate[c] if self.rules.component_rate else self.part_rate[c, h]

    def response(self, c, h, r, n, load):
        """Of one partition; load: of its resource on one machine."""
        model, resource = self.performance(c, h, r), self.resources[r]
        kind = model['model'].upper()
        if kind in QUEUES:
            return model['demand'] / (1 - load) if load < 1 else math.inf
        if kind in CHAINS:
            return function_response_s(self.function_rate(c, h), model['demandWarm'], model['demandCold'],
                                       resource.idle)
        rate = self.function_rate(c, h) if resource.kind == 'faas' else self.part_rate[c, h]
        return predict(model['regressor'], 1 if resource.kind == 'faas' else n * resource.cores, rate)

    def function_charge(self, c, h, r):
        return self.resources[r].cost * self.performance(c, h, r)['demandWarm'] * self.function_rate(c, h)

    def transfer(self, a, s, on_a, b, on_b):
        """From component a (of deployment s) to the first partition of component b."""
        chain, target = self.chains[a][s], on_b[0]
        part = self.system['Components'][a][s][chain[-1]]
        data = part['data_size'][part['next'].index(b)]
        if self.rules.transfer == 'last':
            return self.delay(on_a[-1], target, data)
        total, share = 0.0, 1.0
        for h, r in zip(chain[:-1], on_a[:-1]):
            if r != target and share * self.exit[a, h] > 0:
                total += share * self.exit[a, h] * self.delay(r, target, data)
            if r != target or self.rules.transfer == 'expected':
                share *= 1 - self.exit[a, h]
        return total + (share * self.delay(on_a[-1], target, data) if on_a[-1] != target and share > 0 else 0.0)

    def component_time(self, c, s, on, parts):
        chain, total, share = self.chains[c][s], 0.0, 1.0
        for i, h in enumerate(chain):
            if i > 0:
                share *= 1 - self.exit[c, chain[i - 1]]
                data = self.system['Components'][c][s][chain[i - 1]]['data_size'][0]
                total += share * self.delay(on[i - 1], on[i], data) if share > 0 else 0
            total += share * parts[c, h] if parts[c, h] < math.inf else math.inf
        return total

    def unreachable(self, placement):
        """Partitions and components that send to where no network domain leads, constrained or not."""
        found = []
        for a in self.names:
            s, on = placement.deployment[a], placement.resource[a]
            if math.inf in [self.delay(r, t, 0) for r, t in zip(on, on[1:])]:
                found.append(('network', a))
            found += [('network', a + '-' + b) for b in self.next[a]
                      if self.transfer(a, s, on, b, placement.resource[b]) == math.inf]
        return found

    def cost(self, placement, used):
        total = [self.resources[r].cost * placement.count[r] for r in used if self.resources[r].kind != 'faas']
        charged = set()
        for c in self.names:
            for h, r in zip(self.chains[c][placement.deployment[c]], placement.resource[c]):
                if self.resources[r].kind == 'faas' and not (self.rules.once and r in charged):
                    total.append(self.function_charge(c, h, r))
                    charged.add(r)
        return self.horizon * math.fsum(total)

    def structure(self, deployment, resource):
        """Violations that do not depend on counts and times; parts may be missing (for searches)."""
        found, layers, users = [], {}, {}
        cloud = {}
        for c, on in resource.items():
            kinds = [self.resources[r].cloud for r in on]
            cloud[c] = kinds
            if any(a and not b for a, b in zip(kinds, kinds[1:])):
                found.append(('forward', c))
            for h, r in zip(self.chains[c][deployment[c]], on):
                users.setdefault(r, []).append((c, h))
                if self.resources[r].kind != 'faas':
                    layers.setdefault(self.resources[r].layer, set()).add(r)
        for c in resource:
            if any(cloud[c]):
                found += [('forward', b) for b in self.below[c] if b in cloud and not all(cloud[b])]
        found += [('one_type', layer) for layer, types in layers.items() if len(types) > 1]
        found += [('colocation', r) for r, parts in users.items()
                  if len(parts) > 1 and any(self.wants_alone(c, h, r) for c, h in parts)]
        return [violation for violation in found if violation[0] not in self.without]

    def judge(self, placement):
        """Everything about a complete placement."""
        users = {}
        for c in self.names:
            for h, r in zip(self.chains[c][placement.deployment[c]], placement.resource[c]):
                users.setdefault(r, []).append((c, h))
        found = self.structure(placement.deployment, placement.resource)
        load, parts = {}, {}
        for r, on in users.items():
            resource, n = self.resources[r], placement.count.get(r, 0)
            faas = resource.kind == 'faas'
            if not 1 <= n <= resource.number:
                found.append(('count', r))
                n = max(n, 1)
            needs = [self.memory(c, h, r) for c, h in on]
            if faas and not self.rules.function_sum:
                bad = max(needs) > resource.memory
            else:
                bad = sum(needs) > resource.memory * (n if self.rules.all_machines and not faas else 1)
            if bad:
                found.append(('memory', r))
            demands = [self.performance(c, h, r)['demand'] * self.part_rate[c, h] for c, h in on
                       if self.performance(c, h, r)['model'].upper() in QUEUES]
            load[r] = math.fsum(demands) / n
            if load[r] >= 1:
                found.append(('load', r))
            for c, h in on:
                parts[c, h] = self.response(c, h, r, n, load[r])
                if parts[c, h] == math.inf and load[r] < 1:
                    found.append(('load', r))  # a fitted model without an answer
        times = {c: self.component_time(c, placement.deployment[c], placement.resource[c], parts) for c in self.names}
        for c, limit in self.local.items():
            if times[c] > limit * (1 + TOLERANCE):
                found.append(('local', c))
        found += self.unreachable(placement)
        paths = {}
        for name, (members, limit) in self.paths.items():
            paths[name] = sum(times[c] for c in members) + sum(
                self.transfer(a, placement.deployment[a], placement.resource[a], b, placement.resource[b])
                for a, b in zip(members, members[1:]))
            if paths[name] > limit * (1 + TOLERANCE):
                found.append(('global', name))
        found = [violation for violation in found if violation[0] not in self.without]
        counts = {r: placement.count.get(r, 0) for r in users}
        cost = self.cost(placement._replace(count=counts), users)
        return Verdict(not found, cost, times, paths, load, parts, found)


def read_output(system, output):
    """The placement of an Output.json, with or without the level of deployments."""
    deployment, resource, count = {}, {}, {}
    for c, entry in output['components'].items():
        deployments = system['Components'][c]
        chosen = {s: parts for s, parts in entry.items() if s in deployments}
        if not chosen:  # the older layout: partitions directly below the component
            parts = {h: where for h, where in entry.items() if isinstance(where, dict)}
            chosen = {s: parts for s, of in deployments.items() if set(of) == set(parts)}
        assert len(chosen) == 1, 'component %s has deployments %s' % (c, sorted(chosen))
        (deployment[c], parts), = chosen.items()
        on = []
        for h in chain_of(deployments[deployment[c]]):
            (layer, names), = [(k, v) for k, v in parts[h].items() if isinstance(v, dict)]
            (name, facts), = names.items()
            assert resources_of(system)[name].layer == layer, (name, layer)
            n = facts.get('number', 1)
            assert count.setdefault(name, n) == n, 'two counts of %s' % name
            on.append(name)
        resource[c] = tuple(on)
    return Placement(deployment, resource, count)


def assignments(judge):
    """Every choice of deployments and resources that breaks no rule of structure."""
    choices = [[(s, on) for s, chain in judge.chains[c].items()
                for on in itertools.product(*[judge.candidates(c, h) for h in chain])] for c in judge.names]
    deployment, resource = {}, {}

    def walk(i):
        if i == len(judge.names):
            yield dict(deployment), dict(resource)
            return
        c = judge.names[i]
        for deployment[c], resource[c] in choices[i]:
            if not judge.structure(deployment, resource):
                yield from walk(i + 1)
        deployment.pop(c, None), resource.pop(c, None)

    return walk(0)


def _numbers(judge, resource):
    used = sorted({r for on in resource.values() for r in on})
    return used, [range(1, judge.resources[r].number + 1) for r in used]


def cheapest(judge, shortcuts=True):
    """(cost, placement) of the cheapest allowed placement; None when there is none. Tries everything.

    The one shortcut: more machines never make a queue slower, so what fails with all of them fails with fewer."""
    found = []
    for deployment, resource in assignments(judge):
        used, ranges = _numbers(judge, resource)
        if shortcuts and not any(judge.wants_alone(c, h, r) for c, on in resource.items()
                                 for h, r in zip(judge.chains[c][deployment[c]], on)):
            most = Placement(deployment, resource, {r: n[-1] for r, n in zip(used, ranges)})
            if not judge.judge(most).feasible:
                continue
        free = Placement(deployment, resource, {r: 0 for r in used})
        functions = judge.cost(free, used)
        prices = [judge.horizon * judge.resources[r].cost if judge.resources[r].kind != 'faas' else 0 for r in used]
        for counts in itertools.product(*ranges):
            found.append((functions + sum(map(lambda p, n: p * n, prices, counts)), len(found),
                          deployment, resource, dict(zip(used, counts))))
    for _, _, deployment, resource, counts in sorted(found):
        placement = Placement(deployment, resource, counts)
        verdict = judge.judge(placement)
        if verdict.feasible:
            return verdict.cost, placement
    return None
