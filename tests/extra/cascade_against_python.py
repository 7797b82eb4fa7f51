"""What a chain of filters and a classifier get right, three ways that share no code with ours.

Every path through the chain is enumerated and summed; many items are sent through it by chance; and the
original's formulas are written down once more for one filter.
Run: /usr/bin/python3 cascade_against_python.py. The driver is built from cascade_driver.c.
"""
import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np
except ImportError:
    print('numpy is not installed: nothing was compared')
    sys.exit(77)

DRIVER = Path(os.environ['AISPRINT_BUILD']) / 'tests/unit/cascade_driver'
ITEMS = 200000


class Chain:
    """The truth: shares of the classes, what each filter drops and lets pass, what the classifier answers."""

    def __init__(self, rng, filters, classes, predicts):
        # The last filter drops the first one's class once more where there are three or more.
        self.dropped = ['f%d' % k for k in range(filters)]
        if filters > 2:
            self.dropped[-1] = 'f0'
        self.kept = ['c%d' % c for c in range(classes)]
        names = list(dict.fromkeys(self.dropped)) + self.kept
        self.share = dict(zip(names, rng.dirichlet(np.ones(len(names)) * 3)))
        self.lets_own = rng.uniform(0.02, 0.4, filters)     # wrongly, an item of the class that it drops
        self.lets_others = rng.uniform(0.6, 0.98, filters)  # rightly, any other one
        self.known = self.kept + [self.dropped[0]] if predicts else self.kept
        self.answers = {name: rng.dirichlet(np.ones(len(self.known))) for name in self.known}

    def filter_matrix(self, place):
        """Measured on what filters without a fault before it let through, or on a test set of its own share."""
        earlier = set(self.dropped[:place])
        own = self.dropped[place]
        total = sum(s for name, s in self.share.items() if name not in earlier)
        share = self.share[own] / total if own not in earlier else 0.3
        p, q = self.lets_own[place], self.lets_others[place]
        return np.array([[share * (1 - p), share * p], [(1 - share) * (1 - q), (1 - share) * q]])

    def classifier_matrix(self):
        total = sum(self.share[name] for name in self.known)
        return np.array([self.share[name] / total * self.answers[name] for name in self.known])

    def answer(self, name):
        if name in self.answers:
            return self.answers[name]
        return self.classifier_matrix().sum(0)  # what it does not know it answers as at large

    def passes(self, place, name):
        return self.lets_own[place] if name == self.dropped[place] else self.lets_others[place]

    def enumerate(self):
        """Sum over every path: which filter drops the item, or what the classifier answers."""
        joint, count = {}, len(self.dropped)
        for name, share in self.share.items():
            for decisions in itertools.product((True, False), repeat=count):
                p = share
                for place, lets in enumerate(decisions):
                    p *= self.passes(place, name) if lets else 1 - self.passes(place, name)
                if all(decisions):
                    for given, q in zip(self.known, self.answer(name)):
                        joint[name, given] = joint.get((name, given), 0) + p * q
                else:
                    given = self.dropped[decisions.index(False)]
                    joint[name, given] = joint.get((name, given), 0) + p
        return joint

    def simulate(self, rng):
        names = list(self.share)
        truth = rng.choice(len(names), ITEMS, p=np.array(list(self.share.values())) / sum(self.share.values()))
        joint, passed = {}, np.zeros(len(self.dropped) + 1)
        for t, name in enumerate(names):
            left = int((truth == t).sum())
            for place, own in enumerate(self.dropped):
                passed[place] += left
                through = rng.binomial(left, self.passes(place, name))
                joint[name, own] = joint.get((name, own), 0) + (left - through) / ITEMS
                left = through
            passed[-1] += left
            for given, n in zip(self.known, rng.multinomial(left, self.answer(name))):
                joint[name, given] = joint.get((name, given), 0) + n / ITEMS
        return joint, passed[1:] / passed[:-1]


def metrics_of(joint, names):
    matrix = np.array([[joint.get((t, g), 0) for g in names] for t in names])
    right, share, given = matrix.diagonal(), matrix.sum(1), matrix.sum(0)
    precision, recall = right / given, right / share
    return {'average_precision': precision.mean(), 'average_recall': recall.mean(),
            'average_f1': (2 * precision * recall / (precision + recall)).mean(),
            'average_accuracy': right.mean(), 'accuracy': right.sum() / share.sum()}


def studio_of(f, c, predicts):
    """The original's formulas; f[0] is the filtered class, which is the last one of c when it is predicted."""
    (tn, fp), (fn, tp) = f
    s, r, k = c.sum(), c.sum(1), c.sum(0)
    kept = range(len(c) - predicts)
    if predicts:
        cf, rf, kf = c[-1, -1], r[-1], k[-1]
        p = [(tn + fp * cf) / (tn + fp * cf + fn + tp * (kf - cf))]
        q = [(tn + fp * cf) / (tn + fp * cf + fp * (rf - cf))]
        p += [tp * c[i, i] / (tp * c[i, i] + tp * (k[i] - c[i, i] - c[-1, i]) + fp * c[-1, i]) for i in kept]
    else:
        p, q = [tn / (tn + fn)], [tn / (tn + fp)]
        p += [tp * c[i, i] / (tp * k[i] + fp * k[i] / s) for i in kept]
    q += [tp * c[i, i] / (tp * r[i] + fn * r[i] / s) for i in kept]
    p, q = np.array(p), np.array(q)
    f1 = (2 * p * q / (p + q)).mean()
    if predicts:  # the filtered class counts twice
        p, q = np.append(p, p[0]), np.append(q, q[0])
    return {'average_precision': p.mean(), 'average_recall': q.mean(), 'average_f1': f1}


def write_model(folder, matrix, names):
    folder.mkdir()
    np.save(folder / 'confusion_matrix.npy', matrix)
    rows = ''.join('%d,%s,%d\n' % (i, name, i) for i, name in enumerate(names))
    (folder / 'class_names_dictionary.csv').write_text(',class,index\n' + rows)
    return str(folder)


def ask(words):
    done = subprocess.run([DRIVER, *words], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def differ(what, ours, theirs, tolerance):
    if set(ours) != set(theirs):
        print('not ok %s: %s instead of %s' % (what, sorted(ours), sorted(theirs)))
        return 1
    worst = max(ours, key=lambda name: abs(ours[name] - theirs[name]))
    if abs(ours[worst] - theirs[worst]) <= tolerance:
        return 0
    print('not ok %s: %s is %r instead of %r' % (what, worst, ours[worst], theirs[worst]))
    return 1


def compare(scratch, rng, filters, classes, predicts):
    chain, words = Chain(rng, filters, classes, predicts), []
    for place, own in enumerate(chain.dropped):
        turned = bool(rng.integers(2))  # the filtered class may be the first or the second
        matrix, names = chain.filter_matrix(place), [own, 'rest']
        if turned:
            matrix, names = matrix[::-1, ::-1], names[::-1]
        words += [own, write_model(scratch / str(place), matrix, names)]
    words.append(write_model(scratch / 'last', chain.classifier_matrix(), chain.known))
    got = ask(words)
    names, what = got['classes'], '%d filters, %d classes, predicts %s' % (filters, classes, predicts)
    joint = dict(zip(itertools.product(names, names), got['joint']))
    exact = {pair: chain.enumerate().get(pair, 0) for pair in joint}
    drawn, passes = chain.simulate(rng)
    drawn = {pair: drawn.get(pair, 0) for pair in joint}
    failed = differ(what + ' enumerated', joint, exact, 1e-12)
    failed += differ(what + ' metrics', got['ours'], metrics_of(exact, names), 1e-12)
    failed += differ(what + ' by chance', joint, drawn, 0.006)  # five standard deviations
    failed += differ(what + ' passes', dict(enumerate(got['passes'])), dict(enumerate(passes)), 0.006)
    if filters == 1:
        studio = studio_of(chain.filter_matrix(0), chain.classifier_matrix(), predicts)
        failed += differ(what + ' studio', {name: got['studio'][name] for name in studio}, studio, 1e-12)
        if not predicts:  # without its faults the original and we say the same
            failed += differ(what + ' alike', {name: got['ours'][name] for name in studio}, studio, 1e-12)
    return failed


def main():
    rng, failed, count = np.random.default_rng(int(os.environ.get('AISPRINT_SEED', '1'))), 0, 0
    for filters, classes, predicts in itertools.product((1, 2, 3, 4), (1, 2, 5), (False, True)):
        with tempfile.TemporaryDirectory() as scratch:
            failed += compare(Path(scratch), rng, filters, classes, predicts)
        count += 1
    print('%s: %d chains, %d differ' % ('not ok' if failed else 'ok', count, failed))
    return failed != 0


if __name__ == '__main__':
    sys.exit(main())
