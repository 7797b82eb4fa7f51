"""The optimum of a system of some tens of components by a mixed-integer program (HiGHS of python3-scipy).

A third opinion beside `aisprint place` and the enumeration: queueing is 1/(1 - load), which is convex and kept up by
tangents; delays and, under cpp, the transfer rule are left out of the program and judged afterwards, so that its value
is a bound; what the judge refuses is cut off and solved again. Queues and functions alone, no fitted models.
"""
import math

import numpy
from scipy import optimize, sparse

from placement_oracle import QUEUES, Placement

STARTS = (0, .3, .55, .75, .88, .95)


class Program:
    def __init__(self):
        self.cost, self.low, self.high, self.integer = [], [], [], []
        self.rows, self.row_low, self.row_high = [], [], []

    def variable(self, cost=0.0, low=0.0, high=1.0, integer=True):
        for values, value in zip((self.cost, self.low, self.high, self.integer), (cost, low, high, int(integer))):
            values.append(value)
        return len(self.cost) - 1

    def row(self, terms, low=-math.inf, high=math.inf):
        self.rows.append(terms)
        self.row_low.append(low)
        self.row_high.append(high)

    def solve(self, seconds):
        matrix = sparse.lil_matrix((len(self.rows), len(self.cost)))
        for i, terms in enumerate(self.rows):
            for j, value in terms:
                matrix[i, j] += value
        answer = optimize.milp(
            self.cost, integrality=self.integer, bounds=optimize.Bounds(self.low, self.high),
            constraints=optimize.LinearConstraint(matrix.tocsr(), self.row_low, self.row_high),
            options={'mip_rel_gap': 1e-9, 'time_limit': seconds})
        if answer.status == 1:
            raise TimeoutError(answer.message)
        return None if answer.x is None else (answer.fun, numpy.asarray(answer.x))


class Model:
    def __init__(self, judge):
        self.judge, self.program = judge, Program()
        self.timed = set(judge.local) | {c for members, _ in judge.paths.values() for c in members}
        self._choices()
        self._structure()
        self._capacity()
        self._times()

    def _choices(self):
        judge, program = self.judge, self.program
        self.deploy = {(c, s): program.variable() for c in judge.names for s in judge.chains[c]}
        self.machines, self.put, users = {}, {}, {}
        for r in judge.resources.values():
            if r.kind != 'faas':
                for n in range(1, r.number + 1):
                    self.machines[r.name, n] = program.variable(judge.horizon * r.cost * n)
        for c in judge.names:
            program.row([(self.deploy[c, s], 1) for s in judge.chains[c]], 1, 1)
            for s, chain in judge.chains[c].items():
                for h in chain:
                    for r in judge.candidates(c, h):
                        charge = judge.function_charge(c, h, r) if judge.resources[r].kind == 'faas' else 0
                        self.put[c, h, r] = program.variable(0 if judge.rules.once else judge.horizon * charge)
                        if judge.rules.once and charge:  # unless one before it, in the system's order, pays
                            pays = program.variable(judge.horizon * charge, integer=False)
                            program.row([(pays, 1), (self.put[c, h, r], -1)] + [(y, 1) for y in users.get(r, [])],
                                        low=0)
                            users.setdefault(r, []).append(self.put[c, h, r])
                    program.row([(self.put[c, h, r], 1) for r in judge.candidates(c, h)]
                                + [(self.deploy[c, s], -1)], 0, 0)

    def _numbers(self, r):
        return [(n, self.machines[r, n]) for n in range(1, self.judge.resources[r].number + 1)]

    def _structure(self):
        judge, program = self.judge, self.program
        layers = {}
        for (r, n), z in self.machines.items():
            layers.setdefault(judge.resources[r].layer, []).append((z, 1))
        for terms in layers.values():
            program.row(terms, high=1)
        for (c, h, r), y in self.put.items():
            if judge.resources[r].kind != 'faas':
                program.row([(y, 1)] + [(z, -1) for _, z in self._numbers(r)], high=0)
        edge = lambda c, h: [(self.put[c, h, r], 1) for r in judge.candidates(c, h) if not judge.resources[r].cloud]
        cloud = lambda c, h: [(self.put[c, h, r], 1) for r in judge.candidates(c, h) if judge.resources[r].cloud]
        minus = lambda terms: [(j, -v) for j, v in terms]
        gone = {c: program.variable() for c in judge.names}  # something of it, or above it, is in the cloud
        for c in judge.names:
            for chain in judge.chains[c].values():
                for a, b in zip(chain, chain[1:]):
                    program.row(edge(c, b) + minus(edge(c, a)), high=0)
                program.row([(gone[c], 1)] + minus(cloud(c, chain[-1])), low=0)
            for b in judge.next[c]:
                program.row([(gone[b], 1), (gone[c], -1)], low=0)
                for chain in judge.chains[b].values():
                    program.row(edge(b, chain[0]) + [(gone[c], 1)], high=1)

    def _capacity(self):
        judge, program = self.judge, self.program
        self.load = {}
        for r in judge.resources.values():
            on = [(c, h, y) for (c, h, name), y in self.put.items() if name == r.name]
            needs = [(y, judge.memory(c, h, r.name)) for c, h, y in on]
            if r.kind == 'faas':
                for term in [needs] if judge.rules.function_sum else [[need] for need in needs]:
                    program.row(term, high=r.memory)
                continue
            self.load[r.name] = [(y, judge.performance(c, h, r.name)['demand'] * judge.part_rate[c, h])
                                 for c, h, y in on]
            program.row(self.load[r.name] + [(z, -n * (1 - 1e-9)) for n, z in self._numbers(r.name)], high=0)
            program.row(needs + [(z, -r.memory * (n if judge.rules.all_machines else 1))
                                 for n, z in self._numbers(r.name)], high=0)

    def _limit(self, c):
        return min([self.judge.local.get(c, math.inf)] + [
            limit for members, limit in self.judge.paths.values() if c in members])

    def _times(self):
        judge, program = self.judge, self.program
        self.slow, self.strict = {}, {}
        share = {(c, h): judge.part_rate[c, h] / judge.component_rate[c] for c, h in judge.part_rate}
        for r in self.load:
            most = [self._limit(c) / share[c, h] / judge.performance(c, h, r)['demand']
                    for c, h, name in self.put if name == r and c in self.timed]
            if most:
                self.slow[r] = program.variable(low=1, high=max(1, *most), integer=False)
                self.strict[r] = program.variable()
        times = {}
        for c in self.timed:
            terms = []
            for chain in judge.chains[c].values():
                for h in chain:
                    t = program.variable(high=self._limit(c) / share[c, h], integer=False)
                    terms.append((t, share[c, h]))
                    for r in judge.candidates(c, h):
                        self._part_time(c, h, r, t)
            times[c] = terms
        for c, limit in judge.local.items():
            program.row(times[c], high=limit)
        for members, limit in judge.paths.values():
            program.row([term for c in members for term in times[c]], high=limit)
        for r in self.slow:
            for rho in STARTS:
                self.tangent(r, rho)

    def _part_time(self, c, h, r, t):
        program, y = self.program, self.put[c, h, r]
        if self.judge.performance(c, h, r)['model'].upper() not in QUEUES:
            program.row([(t, 1), (y, -self.judge.response(c, h, r, 1, 0))], low=0)
            return
        demand, most = self.judge.performance(c, h, r)['demand'], program.high[self.slow[r]]
        program.row([(self.strict[r], 1), (y, -1)], low=0)
        program.row([(t, 1), (self.slow[r], -demand), (y, -demand * most)], low=-demand * most)

    def tangent(self, r, rho):
        value, slope = 1 / (1 - rho), 1 / (1 - rho) ** 2
        whole = sum(v for _, v in self.load[r])
        for n, z in self._numbers(r):
            big = max(0, value + slope * (whole / n - rho))
            tight = max(0, value + slope * (1 - rho))  # z chosen: the load is below 1
            self.program.row([(self.slow[r], 1), (z, -big), (self.strict[r], -tight)]
                             + [(y, -slope * v / n) for y, v in self.load[r]], low=value - slope * rho - big - tight)

    def placement(self, x):
        judge = self.judge
        on = lambda j: x[j] > .5
        deployment = {c: s for (c, s), j in self.deploy.items() if on(j)}
        resource = {c: tuple(next(r for r in judge.candidates(c, h) if on(self.put[c, h, r]))
                             for h in judge.chains[c][deployment[c]]) for c in judge.names}
        count = {r: 1 for rs in resource.values() for r in rs}
        count.update({r: n for (r, n), j in self.machines.items() if on(j) and r in count})
        return Placement(deployment, resource, count)


def solve(judge, seconds=300, rounds=40):
    """(cost, placement); None when nothing is allowed."""
    model = Model(judge)
    for _ in range(rounds):
        answer = model.program.solve(seconds)
        if answer is None:
            return None
        placement = model.placement(answer[1])
        verdict = judge.judge(placement)
        if verdict.feasible:
            return verdict.cost, placement
        new = [r for r, load in verdict.utilization.items() if r in model.slow and 0 < load < 1
               and answer[1][model.slow[r]] < (1 - 1e-7) / (1 - load) and answer[1][model.strict[r]] > .5]
        for r in new:
            model.tangent(r, verdict.utilization[r])
        if not new:  # delays alone: not this choice again with these counts
            chosen = [j for j in (list(model.machines.values()) + list(model.put.values())) if answer[1][j] > .5]
            model.program.row([(j, 1) for j in chosen], high=len(chosen) - 1)
    raise TimeoutError('%d rounds' % rounds)
