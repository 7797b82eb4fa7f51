"""Random small systems for tests of placement: every feature, limits that bite, about a third without a placement."""
import math
import random

from placement_oracle import Judge, Placement, SEMANTICS


def _pick(rng, *values):
    return rng.choice(values)


def _resources(rng, round_numbers):
    number = lambda low, high: rng.randrange(1, 9) / 4 if round_numbers else rng.uniform(low, high)
    system = {'EdgeResources': {}, 'CloudResources': {}, 'FaaSResources': {}}
    layer = 0
    for key, stem, layers in (('EdgeResources', 'EN', _pick(rng, 0, 1, 1, 1, 2)),
                              ('CloudResources', 'VM', _pick(rng, 0, 1, 1, 2)),
                              ('FaaSResources', 'F', _pick(rng, 0, 0, 1, 1, 2))):
        for _ in range(layers):
            layer += 1
            entries = {}
            for k in range(_pick(rng, 1, 1, 2)):
                name = '%s%d_%d' % (stem, layer, k + 1)
                entries[name] = {'cost': number(.2, 6), 'memory': _pick(rng, 1024, 2048, 4096, 163840)}
                if key == 'FaaSResources':
                    entries[name]['idle_time_before_kill'] = _pick(rng, 5, 60, 600)
                else:
                    entries[name].update(number=_pick(rng, 1, 1, 2, 3), n_cores=_pick(rng, 1, 1, 2, 4))
            if key == 'FaaSResources':
                entries['transition_cost'] = 0
            system[key]['computationallayer%d' % layer] = entries
    if not layer:
        system['EdgeResources']['computationallayer1'] = {
            'EN1': {'cost': number(.2, 6), 'memory': 2048, 'number': 2, 'n_cores': 1}}
    return system


def _network(rng, system):
    """Every two layers have a domain in common; some have several."""
    layers = [l for key in ('EdgeResources', 'CloudResources', 'FaaSResources') for l in system[key]]
    network = {'ND1': layers}
    for k in range(rng.randrange(3)):
        network['ND%d' % (k + 2)] = rng.sample(layers, rng.randint(1, len(layers)))
    spelling = _pick(rng, 'computationalLayers', 'computationallayers')
    return {name: {spelling: some, 'AccessDelay': rng.choice([0, rng.uniform(0, .3)]),
                   'Bandwidth': _pick(rng, 2, 20, 100, 1000)} for name, some in network.items()}


def _reaches(judge):
    """Whether each partition has somewhere to send to: without that the system itself is refused."""
    def any_way(c, h, b, g):
        return any(judge.delay(r, t, 0) < math.inf for r in judge.candidates(c, h) for t in judge.candidates(b, g))

    pairs = [(c, h, c, g) for c in judge.names for chain in judge.chains[c].values() for h, g in zip(chain, chain[1:])]
    pairs += [(c, h, b, heads[0]) for c in judge.names for b in judge.next[c] for chain in judge.chains[c].values()
              for h in chain for heads in judge.chains[b].values()]
    return all(any_way(*pair) for pair in pairs)


def _holes(rng, system):
    """Some layers have no domain in common."""
    network = system['NetworkTechnology']
    system['NetworkTechnology'] = {
        name: {key: rng.sample(value, len(value) - 1) if isinstance(value, list) and len(value) > 1 else value
               for key, value in domain.items()} for name, domain in network.items()}
    if not _reaches(Judge(system)):
        system['NetworkTechnology'] = network


def _graph(rng, names, round_numbers):
    """Edges of probability 1 are taken always; the others are one choice and have at most 1 together."""
    graph, reached = {}, set()
    for i, c in enumerate(names):
        following = [b for b in names[i + 1:] if rng.random() < .6]
        shares = [_pick(rng, .25, .5, .75, 1) if round_numbers else rng.uniform(.1, 1) for _ in following]
        if sum(share for share in shares if share < 1) > 1:
            shares = [.25 if round_numbers else share / sum(shares) for share in shares]
        reached.update(following)
        if following or c not in reached or rng.random() < .5:  # a sink may be left out
            graph[c] = {'next': following, 'transition_probability': shares}
    return graph


def _component(rng, following, parts_left, round_numbers):
    deployments, h = {}, 0
    for k in range(_pick(rng, 1, 1, 2, 2, 3)):
        count = min(_pick(rng, 1, 1, 2, 3), parts_left)
        chain = ['h%d' % (h + i + 1) for i in range(count)]
        h += count
        parts = {}
        for i, name in enumerate(chain):
            last = i == count - 1
            parts[name] = {
                'next': following if last else [chain[i + 1]],
                'early_exit_probability': 0 if last else rng.choice([0, .25, .5, .5, 1] if round_numbers else
                                                                    [0, rng.uniform(0, .9)]),
                'data_size': [rng.randint(1, 9) for _ in following] or [rng.randint(1, 9)] if last
                else [rng.randint(1, 9)]}
        deployments['s%d' % (k + 1)] = parts
    return deployments


def _fitted(rng, cores, slow):
    """A model of response times; it answers for every count that there is."""
    if rng.random() < .5:
        terms = [{'coefficient': rng.uniform(.2, 1) * slow, 'cores': _pick(rng, -1, -.5)}]
        if rng.random() < .5:
            terms.append({'coefficient': rng.uniform(0, .1) * slow, 'rate': 1})
        if rng.random() < .3:  # not monotone: synchronisation costs
            terms.append({'coefficient': rng.uniform(0, .3) * slow, 'cores': 1})
        return {'kind': 'linear', 'intercept': rng.uniform(.01, .3) * slow, 'terms': terms}
    grid = sorted(rng.sample(range(2, 12), 2))
    rates = [.01, rng.uniform(.1, 2), 100]
    return {'kind': 'table', 'cores': [1] + grid + [16], 'rate': rates,
            'response_s': [[rng.uniform(.1, 1.5) * slow for _ in rates] for _ in range(4)]}


def _options(rng, system, round_numbers, fitted):
    kinds = {}
    for key, kind in (('EdgeResources', 'edge'), ('CloudResources', 'vm'), ('FaaSResources', 'faas')):
        for entries in system[key].values():
            kinds.update({name: (kind, entry) for name, entry in entries.items() if isinstance(entry, dict)})
    system['CompatibilityMatrix'], system['Performance'] = {}, {}
    for c, deployments in system['Components'].items():
        matrix, models = {}, {}
        for h in (h for parts in deployments.values() for h in parts):
            allowed = rng.sample(sorted(kinds), min(len(kinds), _pick(rng, 1, 2, 2, 3, 4)))
            matrix[h] = [{'resource': r, 'memory': _pick(rng, 256, 512, 1024, 1500)} for r in allowed]
            models[h] = {}
            for r in allowed:
                kind, entry = kinds[r]
                demand = rng.randrange(1, 7) / 8 if round_numbers else rng.uniform(.05, .7)
                if kind == 'faas':
                    model = {'model': 'PACSLTK', 'demandWarm': demand, 'demandCold': demand * rng.uniform(1, 2)}
                    if rng.random() < fitted:
                        model.update(model='MLLIBfaas', regressor=_fitted(rng, 1, demand))
                elif rng.random() < fitted:
                    model = {'model': _pick(rng, 'CoreBasedPredictor', 'LambdaBasedPredictor'),
                             'regressor': _fitted(rng, entry['n_cores'], demand)}
                else:
                    model = {'model': 'QTedge' if kind == 'edge' else 'QTcloud', 'demand': demand}
                models[h][r] = model
        system['CompatibilityMatrix'][c], system['Performance'][c] = matrix, models


def _random_placement(rng, judge):
    """One that keeps the loads below 1 if it can; its times make limits that bite."""
    best = None
    for _ in range(30):
        deployment = {c: rng.choice(sorted(judge.chains[c])) for c in judge.names}
        resource = {c: tuple(rng.choice(judge.candidates(c, h)) for h in judge.chains[c][deployment[c]])
                    for c in judge.names}
        count = {r: rng.randint(1, judge.resources[r].number) for on in resource.values() for r in on}
        verdict = judge.judge(Placement(deployment, resource, count))
        rank = len([v for v in verdict.violations if v[0] != 'memory'])
        if best is None or rank < best[0]:
            best = rank, verdict
    return best[1]


def _limits(rng, system, semantics):
    verdict = _random_placement(rng, Judge(system, semantics))
    limit = lambda time: (time if math.isfinite(time) else 3) * rng.choice(
        [1 + 1e-9, rng.uniform(.6, 1), rng.uniform(1, 1.3), rng.uniform(1, 1.3), rng.uniform(1, 4)])
    system['LocalConstraints'] = {c: {'local_res_time': limit(time)}
                                  for c, time in verdict.components.items() if rng.random() < .5}
    paths = {}
    for k in range(_pick(rng, 0, 1, 1, 2)):
        members = [rng.choice(list(system['Components']))]
        while True:
            following = system['DirectedAcyclicGraph'].get(members[-1], {}).get('next', [])
            if not following or rng.random() < .15:
                break
            members.append(rng.choice(following))
        paths['p%d' % (k + 1)] = {'components': members, 'global_res_time': 1e9}
    system['GlobalConstraints'] = paths
    judged = _random_placement(rng, Judge(system, semantics))
    for name, time in judged.paths.items():
        paths[name]['global_res_time'] = limit(time)


def combinations(system):
    """How many choices of deployments, resources and counts there are at most."""
    judge, total = Judge(system), 1
    for c in judge.names:
        total *= sum(math.prod(len(judge.candidates(c, h)) for h in chain) for chain in judge.chains[c].values())
    return total * math.prod(r.number for r in judge.resources.values())


def random_system(seed, most=20000):
    """A system of at most so many combinations; the same for the same seed."""
    rng = random.Random(seed)
    while True:
        round_numbers = rng.random() < .3  # exact in binary: loads of exactly 1 and ties occur
        system = _resources(rng, round_numbers)
        names = ['c%d' % (i + 1) for i in range(_pick(rng, 1, 2, 2, 3, 3, 4))]
        if rng.random() < .3:
            names = rng.sample(['blur', 'detect', 'c10', 'a', 'Zoom'], len(names))
        graph = _graph(rng, names, round_numbers)
        parts_left = 3 if len(names) < 4 else 2
        system.update(
            DirectedAcyclicGraph=graph,
            Components={c: _component(rng, graph.get(c, {}).get('next', []), parts_left, round_numbers) for c in names},
            NetworkTechnology=_network(rng, system), Lambda=_pick(rng, 1, 2) if round_numbers else rng.uniform(.2, 2.5),
            Time=_pick(rng, 1, 1, 2))
        _options(rng, system, round_numbers, _pick(rng, 0, 0, .3))
        if rng.random() < .15:
            _holes(rng, system)
        if combinations(system) <= most:
            _limits(rng, system, rng.choice(sorted(SEMANTICS)))
            return system
