"""The judge of placements against examples worked out by hand, and its two searches against each other."""
import json
import math
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import placement_oracle as oracle  # noqa: E402
import placement_systems as systems  # noqa: E402


def system():
    """Two components; the first has a chain of two partitions with an exit of 1/4, and an alternative."""
    queue = lambda d: {'model': 'QTedge', 'demand': d}
    function = {'model': 'PACSLTK', 'demandWarm': .25, 'demandCold': .5}
    put = lambda memory, *names: [{'resource': r, 'memory': memory} for r in names]
    return {
        'DirectedAcyclicGraph': {'c1': {'next': ['c2'], 'transition_probability': [.5]}},
        'Components': {
            'c1': {'s1': {'h1': {'next': ['c2'], 'data_size': [4], 'early_exit_probability': 0}},
                   's2': {'h2': {'next': ['h3'], 'data_size': [2], 'early_exit_probability': .25},
                          'h3': {'next': ['c2'], 'data_size': [8], 'early_exit_probability': 0}}},
            'c2': {'s1': {'h1': {'next': [], 'data_size': [1], 'early_exit_probability': 0}}}},
        'EdgeResources': {'L1': {'E': {'cost': 3, 'memory': 1000, 'number': 2, 'n_cores': 1}}},
        'CloudResources': {'L2': {'V': {'cost': 2, 'memory': 1000, 'number': 3, 'n_cores': 2}}},
        'FaaSResources': {'L3': {'transition_cost': 0,
                                 'F': {'cost': 8, 'memory': 500, 'idle_time_before_kill': 600}}},
        'CompatibilityMatrix': {'c1': {'h1': put(600, 'E'), 'h2': put(600, 'E', 'V'), 'h3': put(300, 'E', 'V', 'F')},
                                'c2': {'h1': put(300, 'E', 'V', 'F')}},
        'Performance': {'c1': {'h1': {'E': queue(.5)}, 'h2': {'E': queue(.25), 'V': queue(.125)},
                               'h3': {'E': queue(.5), 'V': queue(.25), 'F': function}},
                        'c2': {'h1': {'E': queue(1), 'V': queue(.5), 'F': function}}},
        'NetworkTechnology': {'N1': {'computationalLayers': ['L1', 'L2'], 'AccessDelay': .25, 'Bandwidth': 16},
                              'N2': {'computationalLayers': ['L1', 'L2', 'L3'], 'AccessDelay': .5, 'Bandwidth': 32}},
        'LocalConstraints': {'c1': {'local_res_time': 10}},
        'GlobalConstraints': {'p': {'components': ['c1', 'c2'], 'global_res_time': 20}}, 'Lambda': 1, 'Time': 2}


def place(c1, c2, **count):
    chosen = 's1' if len(c1) == 1 else 's2'
    return oracle.Placement({'c1': chosen, 'c2': 's1'}, {'c1': c1, 'c2': c2}, count)


class ByHand(unittest.TestCase):
    def judge(self, semantics, placement, change=lambda s: None):
        described = system()
        change(described)
        return oracle.Judge(described, semantics).judge(placement)

    def test_rates_halve_behind_an_edge_and_drop_behind_an_exit(self):
        judge = oracle.Judge(system(), 'cpp', 2)
        self.assertEqual(judge.component_rate, {'c1': 2, 'c2': 1})
        self.assertEqual(judge.part_rate, {('c1', 'h1'): 2, ('c1', 'h2'): 2, ('c1', 'h3'): 1.5, ('c2', 'h1'): 1})

    def test_queues_on_edge_and_cloud(self):
        # E: .25 * 1 / 1 = .25 -> R = 1/3;  V with 2 machines: (.25 * .75 + .5 * .5) / 2 = .21875
        verdict = self.judge('cpp', place(('E', 'V'), ('V',), E=1, V=2))
        self.assertEqual(verdict.utilization, {'E': .25, 'V': .21875})
        slow = 1 / (1 - .21875)
        # 2 MB by N1: .25 + 2/16 (N2: .5 + 2/32); weighed with the 3/4 that do not leave
        c1 = .25 / .75 + .75 * (.25 * slow + .375)
        self.assertAlmostEqual(verdict.components['c1'], c1, 14)
        self.assertAlmostEqual(verdict.components['c2'], .5 * slow, 14)
        # 1/4 leave on E and travel 8 MB to V: .75 s by both networks; the others are there
        self.assertAlmostEqual(verdict.paths['p'], c1 + .5 * slow + .25 * .75, 14)
        self.assertEqual(verdict.cost, 2 * (3 + 2 * 2))
        self.assertTrue(verdict.feasible)

    def test_python_sends_bits_and_from_the_last_partition(self):
        verdict = self.judge('python', place(('E', 'V'), ('V',), E=1, V=2))
        slow = 1 / (1 - .21875)
        c1 = .25 / .75 + .75 * (.25 * slow + min(.25 + 8 * 2 / 16, .5 + 8 * 2 / 32))
        self.assertAlmostEqual(verdict.components['c1'], c1, 14)
        self.assertAlmostEqual(verdict.paths['p'], c1 + .5 * slow, 14)

    def test_transfers_of_early_exits_differ(self):
        # h2 stays on V where c2 runs, h3 goes to F: cpp forgets that 1/4 have left
        part = place(('V', 'F'), ('V',), V=1, F=1)
        for semantics, transfer in (('cpp', .5 + 8 / 32), ('native', .75 * (.5 + 8 * 8 / 32)),
                                    ('python', .5 + 8 * 8 / 32)):
            verdict = self.judge(semantics, part)
            self.assertAlmostEqual(verdict.paths['p'] - sum(verdict.components.values()), transfer, 14, semantics)

    def test_functions_are_charged_by_rate(self):
        shared = place(('V', 'F'), ('F',), V=1, F=1)
        one, two = 8 * .25 * .75, 8 * .25 * .5
        self.assertAlmostEqual(self.judge('native', shared).cost, 2 * (2 + one + two), 12)
        self.assertAlmostEqual(self.judge('cpp', shared).cost, 2 * (2 + one), 12)
        self.assertAlmostEqual(self.judge('python', shared).cost, 2 * (2 + 8 * .25 + two), 12)

    def rules(self, verdict):
        return {rule for rule, _ in verdict.violations}

    def test_memory_is_of_one_machine_or_of_all(self):
        both = place(('V', 'V'), ('V',), V=2)  # 600 + 300 + 300 of 1000 each
        self.assertEqual(self.rules(self.judge('cpp', both)), set())
        for semantics in ('python', 'native'):
            self.assertEqual(self.rules(self.judge(semantics, both)), {'memory'})
        shared = place(('V', 'F'), ('F',), V=1, F=1)  # 300 + 300 of 500
        self.assertEqual(self.rules(self.judge('native', shared)), set())
        for semantics in ('python', 'cpp'):
            self.assertEqual(self.rules(self.judge(semantics, shared)), {'memory'})

    def test_each_rule_is_told(self):
        for rule, placement, change in (
                ('forward', place(('V', 'E'), ('V',), V=2, E=1), None),
                ('forward', place(('E', 'V'), ('E',), V=2, E=2), None),
                ('count', place(('E',), ('V',), E=3, V=1), None),
                ('count', place(('E',), ('V',), V=1), None),
                ('load', place(('E',), ('E',), E=1),  # .5 + 1 * .5: exactly 1
                 lambda s: s.update(LocalConstraints={}, GlobalConstraints={})),
                ('local', place(('E',), ('V',), E=1, V=1),
                 lambda s: s['LocalConstraints']['c1'].update(local_res_time=.9999)),
                ('global', place(('E',), ('V',), E=1, V=1),
                 lambda s: s['GlobalConstraints']['p'].update(global_res_time=1)),
                ('one_type', place(('E',), ('V',), E=1, V=1),
                 lambda s: s.update(EdgeResources={}, CloudResources={
                     'L2': {**s['CloudResources']['L2'], 'E': s['EdgeResources']['L1']['E']}})),
                ('network', place(('E',), ('V',), E=1, V=1),
                 lambda s: s.update(
                     GlobalConstraints={}, NetworkTechnology={'N': {'computationalLayers': ['L2', 'L3'],
                                                                    'AccessDelay': 0, 'Bandwidth': 1}})),
                ('colocation', place(('E', 'V'), ('V',), E=1, V=2),
                 lambda s: s['Performance']['c2']['h1'].update(
                     V={'model': 'CoreBasedPredictor', 'regressor': {'kind': 'linear', 'intercept': 1}}))):
            verdict = self.judge('cpp', placement, change or (lambda s: None))
            self.assertEqual(self.rules(verdict), {rule}, (placement, verdict))

    def test_a_limit_that_is_met_exactly_is_met(self):
        change = lambda s: s['LocalConstraints']['c1'].update(local_res_time=1)
        self.assertTrue(self.judge('cpp', place(('E',), ('V',), E=1, V=1), change).feasible)

    def test_fitted_models(self):
        linear = {'kind': 'linear', 'intercept': .5, 'terms': [{'coefficient': 2, 'cores': -1, 'rate': 1}]}
        self.assertEqual(oracle.predict(linear, 4, .5), .75)
        table = {'kind': 'table', 'cores': [1, 2, 4], 'rate': [0, 2], 'response_s': [[1, 2], [.5, 1], [.25, .25]]}
        self.assertEqual(oracle.predict(table, 1, 0), 1)
        self.assertEqual(oracle.predict(table, 4, 2), .25)
        self.assertEqual(oracle.predict(table, 3, 1), .5)
        self.assertEqual(oracle.predict(table, 5, 1), math.inf)
        self.assertEqual(oracle.predict({'kind': 'linear', 'intercept': -1}, 1, 1), math.inf)


class Functions(unittest.TestCase):
    def test_no_load_is_cold_and_much_load_is_warm(self):
        self.assertAlmostEqual(oracle.function_response_s(1e-9, .25, .5, 600), .5, 6)
        self.assertAlmostEqual(oracle.function_response_s(500, .25, .5, 600), .25, 3)
        self.assertEqual(oracle.function_response_s(.7, .25, .25, 600), .25)

    def test_without_requests_nothing_is_warm(self):
        self.assertEqual(oracle.function_response_s(0, .25, .5, 600), .5)

    def test_few_requests_by_the_first_two_states(self):
        # rate 1e-4, idle 1 s: none or one instance; the chain worked out by hand for these two states
        rate, warm, cold, idle = 1e-4, .01, .02, 1
        blocked = rate * warm / (1 + rate * warm)
        share = rate * (1 - blocked)
        stays = math.exp(-idle * share)
        total = idle + warm
        mean = (1 - math.exp(-share * total)) / share - total * math.exp(-share * total)
        death = 1 / (idle + (1 / stays - 1) * mean)
        birth = rate / cold / (rate + 1 / cold)
        one = birth / death / (1 + birth / death)
        by_hand = (1 - one) * cold + one * (blocked * cold + (1 - blocked) * warm)
        self.assertAlmostEqual(oracle.function_response_s(rate, warm, cold, idle), by_hand, 9)


class Output(unittest.TestCase):
    def test_both_layouts_of_a_solution_are_read(self):
        edge = lambda n: {'L1': {'E': {'number': n}}, 'response_time': 1}
        cloud = {'L3': {'F': {'cost': 1}}}
        old = {'components': {'c1': {'h2': edge(2), 'h3': edge(2), 'response_time': 1}, 'c2': {'h1': cloud}}}
        new = {'components': {'c1': {'s2': old['components']['c1']}, 'c2': {'s1': {'h1': cloud}}}}
        wanted = oracle.Placement({'c1': 's2', 'c2': 's1'}, {'c1': ('E', 'E'), 'c2': ('F',)}, {'E': 2, 'F': 1})
        for output in (old, new):
            self.assertEqual(oracle.read_output(system(), output), wanted)

    def test_two_counts_of_one_resource_are_refused(self):
        edge = lambda n: {'L1': {'E': {'number': n}}}
        with self.assertRaises(AssertionError):
            oracle.read_output(system(), {'components': {'c1': {'s1': {'h1': edge(1)}}, 'c2': {'s1': {'h1': edge(2)}}}})


class Search(unittest.TestCase):
    def test_the_cheapest_by_hand(self):
        # h2 and h3 fill one V (900 of 1,000): 2; c2 on F is charged .25 * .5 * 8 = 1. With h1 on E it would be 3 + 1.
        cost, placement = oracle.cheapest(oracle.Judge(system(), 'native'))
        self.assertEqual(cost, 2 * (2 + 1))
        self.assertEqual(placement, place(('V', 'V'), ('F',), V=1, F=1))
        # under cpp two V hold all three, but F is still cheaper
        self.assertEqual(oracle.cheapest(oracle.Judge(system(), 'cpp'))[0], 2 * (2 + 1))

    def test_shortcuts_change_nothing(self):
        for seed in range(40):
            judge = oracle.Judge(systems.random_system(seed, 500), sorted(oracle.SEMANTICS)[seed % 3])
            plain, quick = oracle.cheapest(judge, shortcuts=False), oracle.cheapest(judge)
            self.assertEqual(plain and plain[0], quick and quick[0], seed)

    def test_about_a_third_of_the_random_systems_has_no_placement(self):
        none = sum(oracle.cheapest(oracle.Judge(systems.random_system(seed, 500), 'native')) is None
                   for seed in range(100))
        self.assertTrue(20 <= none <= 60, none)

    def test_a_seed_makes_one_system(self):
        self.assertEqual(json.dumps(systems.random_system(7)), json.dumps(systems.random_system(7)))


if __name__ == '__main__':
    unittest.main()
