"""`aisprint place` and `aisprint evaluate` against enumeration and the judge in Python, on random small systems.

The systems are those of tests/support/placement_systems.py: several deployments and entries, early exits, shared
functions, two types a layer, memory and limits that bite, fitted models; about two fifths have no placement.
"""
import concurrent.futures
import json
import math
import os
import random
import subprocess
import sys
import unittest

from support import TemporaryFolder

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import placement_oracle as oracle  # noqa: E402
import placement_systems as systems  # noqa: E402

SEED = int(os.environ.get('AISPRINT_SEED') or 1)
SANITIZED = 'AISPRINT_PYTHON' in os.environ
SYSTEMS = 60 if SANITIZED else 700
NAMES = sorted(oracle.SEMANTICS)
METHODS = ('exact', 'branch', 'reference', 'random-greedy', 'local-search', 'tabu', 'annealing', 'genetic')
EXACT = 1e-9


def close(a, b, tolerance=EXACT):
    return a == b or abs(a - b) <= tolerance * max(1, abs(a), abs(b))


def number(value):
    """Infinite times are null in JSON."""
    return math.inf if value is None else float(value)


class Case:
    """A system in a file, and the optimum of each semantics."""

    def __init__(self, folder, seed, most=3000):
        self.seed, self.system = seed, systems.random_system(seed, most)
        self.path = os.path.join(folder, 'system-%d.json' % seed)
        with open(self.path, 'w') as file:
            json.dump(self.system, file)
        self.optimum = {}

    def best(self, semantics):
        """(judge, cost or None)"""
        if semantics not in self.optimum:
            judge = oracle.Judge(self.system, semantics)
            found = oracle.cheapest(judge)
            self.optimum[semantics] = judge, found and found[0]
        return self.optimum[semantics]


def place(case, semantics, *words):
    """(exit status, answer)"""
    done = subprocess.run(['aisprint', 'place', case.path, '--semantics', semantics, '--json', *words],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    answer = json.loads(done.stdout or b'{}')
    if 'status' not in answer:
        raise AssertionError('system %d, %s %s: status %d, %s, %s' % (case.seed, semantics, words, done.returncode,
                                                                     answer, done.stderr[:600]))
    return done.returncode, answer


class Placements(TemporaryFolder):
    def cases(self, count, most=3000, first=0):
        """They are made, and their optima found, while the programs of others run."""
        return [Case(self.folder, 100000 * SEED + first + i, most) for i in range(count)]

    def over(self, cases, check):
        """check(case, index) returns what is wrong, or None; all failures are told, with their seeds."""
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
            wrong = [text for text in pool.map(check, cases, range(len(cases))) if text]
        self.assertEqual(wrong[:10], [], '%d of %d' % (len(wrong), len(cases)))

    def evaluate(self, case, semantics, solution, *words):
        path = os.path.join(self.folder, 'solution-%d-%s.json' % (case.seed, semantics))
        with open(path, 'w') as file:
            json.dump(solution, file)
        done = subprocess.run(['aisprint', 'evaluate', case.path, path, '--semantics', semantics, '--json', *words],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        told = json.loads(done.stdout or b'{}')
        return told if 'feasible' in told else {'failed': 'status %d, %s %s' % (done.returncode, told, done.stderr)}


def refused(case, semantics, answer, rate=None):
    """Why the judge does not believe an answer with a solution; None when it does."""
    judge = case.best(semantics)[0] if rate is None else oracle.Judge(case.system, semantics, rate)
    verdict = judge.judge(oracle.read_output(case.system, answer['solution']))
    if not verdict.feasible:
        return 'system %d, %s: the judge finds %s' % (case.seed, semantics, verdict.violations)
    told = {'cost': answer['cost'], 'total_cost': float(answer['solution']['total_cost'])}
    for name, value in told.items():
        if not close(value, verdict.cost):
            return 'system %d, %s: %s is %r, the judge says %r' % (case.seed, semantics, name, value, verdict.cost)
    for c, time in verdict.components.items():
        told = number(answer['solution']['components'][c]['response_time'])
        if not close(told, time):
            return 'system %d, %s: %s takes %r, the judge says %r' % (case.seed, semantics, c, told, time)
    return None


def bounds(case, semantics, status, answer, optimum):
    """What is wrong with status, cost and bound."""
    where = 'system %d, %s: ' % (case.seed, semantics)
    best = math.inf if optimum is None else optimum
    wanted = {'optimal': 0, 'feasible': 0, 'infeasible': 3, 'unknown': 1}[answer['status']]
    if status != wanted:
        return where + 'exit status %d with %s' % (status, answer['status'])
    if answer['status'] == 'infeasible':
        return None if optimum is None else where + 'called infeasible, there is one for %r' % optimum
    if answer['bound'] is not None and answer['bound'] > best * (1 + EXACT):
        return where + 'bound %r is above the optimum %r' % (answer['bound'], best)
    if answer['status'] == 'unknown':
        return None
    if optimum is None:
        return where + 'there is no placement, yet %r' % answer['cost']
    if answer['cost'] < best * (1 - EXACT):
        return where + 'cost %r is below the optimum %r' % (answer['cost'], best)
    if answer['status'] == 'optimal' and not (close(answer['cost'], best) and answer['gap'] == 0):
        return where + 'called optimal with %r, gap %r; the optimum is %r' % (answer['cost'], answer['gap'], best)
    return refused(case, semantics, answer)


class Exact(Placements):
    def test_the_optimum_is_that_of_enumeration_and_evaluate_agrees(self):
        counted = {'optimal': 0, 'infeasible': 0}

        def check(case, index):
            for semantics in NAMES:
                optimum = case.best(semantics)[1]
                status, answer = place(case, semantics)
                where = 'system %d, %s: ' % (case.seed, semantics)
                if answer['status'] != ('infeasible' if optimum is None else 'optimal'):
                    return where + '%s, the optimum is %s' % (answer['status'], optimum)
                counted[answer['status']] += 1
                wrong = bounds(case, semantics, status, answer, optimum)
                if not wrong and optimum is not None and index % 3 == NAMES.index(semantics):
                    wrong = self.differs(case, semantics, answer['solution'])
                if wrong:
                    return wrong
            return None

        self.over(self.cases(SYSTEMS), check)
        self.assertGreater(min(counted.values()), SYSTEMS // 2, counted)

    def differs(self, case, semantics, solution):
        """evaluate against the judge: numbers and violations."""
        where = 'system %d, %s: evaluate: ' % (case.seed, semantics)
        told = self.evaluate(case, semantics, solution)
        if 'failed' in told:
            return where + told['failed']
        verdict = case.best(semantics)[0].judge(oracle.read_output(case.system, solution))
        if told['feasible'] != verdict.feasible:
            return where + 'feasible is %s, the judge finds %s' % (told['feasible'], verdict.violations)
        if {v['rule'] for v in told['violations']} != {rule.replace('_', '-') for rule, _ in verdict.violations}:
            return where + '%s, the judge finds %s' % (told['violations'], verdict.violations)
        pairs = [('cost', told['cost'], verdict.cost)]
        pairs += [(c['name'], c['response_time_s'], verdict.components[c['name']]) for c in told['components']]
        pairs += [(p['name'], p['response_time_s'], verdict.paths[p['name']]) for p in told['paths']]
        for entries, limits, of in ((told['components'], case.best(semantics)[0].local, 'local'),
                                    (told['paths'], {p: l for p, (_, l) in case.best(semantics)[0].paths.items()},
                                     'global')):
            for entry in entries:
                pairs.append((entry['name'] + ' threshold', entry['threshold_s'], limits.get(entry['name'], math.inf)))
                if entry['met'] != ((of, entry['name']) not in verdict.violations):
                    return where + '%s: met is %s' % (entry['name'], entry['met'])
        if {c['name'] for c in told['components']} != set(verdict.components) or \
                {p['name'] for p in told['paths']} != set(verdict.paths):
            return where + 'not all components and paths'
        for name, ours, wanted in pairs:
            if not close(number(ours), wanted):
                return where + '%s is %r, the judge says %r' % (name, ours, wanted)
        for resource in told.get('resources', []):
            load = verdict.utilization.get(resource['name'], 0)
            if not close(number(resource['utilization']), load):
                return where + 'load of %s is %r, the judge says %r' % (resource['name'], resource['utilization'], load)
        return None

    def test_placements_that_break_rules_are_told_as_the_judge_does(self):
        broken = []

        def check(case, index):
            rng = random.Random(case.seed)
            for semantics in NAMES:
                judge = case.best(semantics)[0]
                deployment = {c: rng.choice(sorted(judge.chains[c])) for c in judge.names}
                resource = {c: tuple(rng.choice(judge.candidates(c, h)) for h in judge.chains[c][deployment[c]])
                            for c in judge.names}
                count = {r: rng.randint(1, judge.resources[r].number) for on in resource.values() for r in on}
                placement = oracle.Placement(deployment, resource, count)
                broken.append(not judge.judge(placement).feasible)
                wrong = self.differs(case, semantics, solution_of(judge, placement))
                if wrong:
                    return wrong
            return None

        self.over(self.cases(max(SYSTEMS // 7, 20)), check)
        self.assertGreater(sum(broken), len(broken) // 4)


def solution_of(judge, placement):
    """An Output.json, with what a reader needs."""
    components = {}
    for c in judge.names:
        parts = {}
        for h, r in zip(judge.chains[c][placement.deployment[c]], placement.resource[c]):
            resource = judge.resources[r]
            facts = {'cost': resource.cost, 'memory': resource.memory}
            if resource.kind != 'faas':
                facts['number'] = placement.count[r]
            parts[h] = {resource.layer: {r: facts}, 'response_time': 1}
        components[c] = {placement.deployment[c]: parts, 'response_time': 1}
    return {'Lambda': judge.rate, 'components': components, 'global_constraints': {}, 'total_cost': 1}


class Options(Placements):
    def test_little_time_leaves_true_bounds(self):
        limits = ('0.000001', '0.0001', '0.001', '0.01')

        def check(case, index):
            semantics = NAMES[index % 3]
            status, answer = place(case, semantics, '--time-limit', limits[index % 4])
            return bounds(case, semantics, status, answer, case.best(semantics)[1])

        self.over(self.cases(max(SYSTEMS // 7, 20), 20000, first=20000), check)

    def test_threads_change_no_byte_of_the_solution(self):
        def check(case, index):
            words = ['--seed', str(index)]
            one, two = (place(case, NAMES[index % 3], '--threads', n, *words) for n in '12')
            for key in ('status', 'cost', 'bound', 'gap', 'solution'):
                if json.dumps(one[1].get(key)) != json.dumps(two[1].get(key)):
                    return 'system %d, %s: %s differs: %r, %r' % (case.seed, NAMES[index % 3], key,
                                                                  one[1].get(key), two[1].get(key))
            return None

        self.over(self.cases(max(SYSTEMS // 7, 20), first=40000), check)

    def test_each_method_tells_the_truth(self):
        found = dict.fromkeys(METHODS, 0)

        def check(case, index):
            semantics = NAMES[index % 3]
            optimum = case.best(semantics)[1]
            for method in METHODS:
                status, answer = place(case, semantics, '--method', method, '--time-limit', '2')
                wrong = bounds(case, semantics, status, answer, optimum)
                if wrong:
                    return '--method %s: %s' % (method, wrong)
                found[method] += optimum is not None and answer['status'] in ('optimal', 'feasible')
                if method in ('exact', 'branch', 'reference') and answer['status'] in ('feasible', 'unknown'):
                    return '--method %s: system %d, %s: %s' % (method, case.seed, semantics, answer['status'])
            return None

        self.over(self.cases(max(SYSTEMS // 20, 15), first=60000), check)
        for method in METHODS:
            self.assertGreater(found[method], max(found.values()) * 2 // 3, found)

    def agrees(self, case, judge, *words):
        """The optimum of another judge, and what the program answers with these words."""
        found = oracle.cheapest(judge)
        status, answer = place(case, judge.semantics, *words)
        told = 'system %d, %s, %s: %s %r, the optimum is %r' % (
            case.seed, judge.semantics, ' '.join(words), answer['status'], answer['cost'], found and found[0])
        if found is None:
            return None if status == 3 else told
        if answer['status'] != 'optimal' or not close(answer['cost'], found[0]):
            return told
        verdict = judge.judge(oracle.read_output(case.system, answer['solution']))
        accepted = verdict.feasible and close(verdict.cost, answer['cost'])
        return None if accepted else told + '; the judge: %s' % (verdict,)

    def test_another_rate_is_another_system(self):
        def check(case, index):
            rate = (index % 7 + 1) * .4
            return self.agrees(case, oracle.Judge(case.system, NAMES[index % 3], rate), '--lambda', repr(rate))

        self.over(self.cases(max(SYSTEMS // 7, 20), first=80000), check)

    def test_a_rule_that_is_off_is_not_held(self):
        rules = ('forward', 'one_type', 'colocation', 'memory', 'local', 'global')

        def check(case, index):
            off = [rules[index % 6]] + ([rules[index // 6 % 6]] if index % 2 else [])
            words = [word for rule in off for word in ('--without', rule.replace('_', '-'))]
            return self.agrees(case, oracle.Judge(case.system, NAMES[index // 6 % 3], without=off), *words)

        self.over(self.cases(max(SYSTEMS // 7, 20), first=10000), check)

    def test_a_share_of_the_price_of_edge_machines(self):
        def check(case, index):
            return self.agrees(case, oracle.Judge(case.system, NAMES[index % 3], edge_price=.1), '--edge-price-factor',
                               '.1')

        self.over(self.cases(max(SYSTEMS // 20, 15), first=30000), check)

    def test_what_runs_is_kept(self):
        """At run time: edge machines are those that run, VM layers in use keep their type."""
        solved = []

        def check(case, index):
            rate = case.system['Lambda']
            judge = oracle.Judge(case.system, NAMES[index % 3], rate * .7)
            current = oracle.cheapest(judge)
            if current is None:
                return None
            path = os.path.join(self.folder, 'current-%d.json' % case.seed)
            with open(path, 'w') as file:
                json.dump(solution_of(judge, current[1]), file)
            judge = oracle.Judge(case.system, judge.semantics)
            judge.lock(current[1])
            solved.append(1)
            return self.agrees(case, judge, '--current', path)

        self.over(self.cases(max(SYSTEMS // 5, 30), first=50000), check)
        self.assertGreater(len(solved), SYSTEMS // 20)


if __name__ == '__main__':
    unittest.main()
