#!/usr/bin/env python3
"""Figures of COCO's reference program for made-up boxes, as tests/core/evaluation/tasks_test.cpp has them.

Needs pycocotools. The boxes come from the same generator as in the test: python3 box_scores.py
"""
import contextlib
import io

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

CATEGORIES = [1, 2, 5]


class Random:
    def __init__(self, state):
        self.state = state

    def __call__(self):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 8) / 2**24


def boxes(pictures):
    r = Random(7)
    truths, found = [], []
    for picture in range(1, pictures + 1):
        for _ in range(1 + int(r() * 4)):
            left, top, width, height = r() * 400, r() * 300, 4 + r() * r() * 250, 4 + r() * r() * 200
            category, crowd = CATEGORIES[int(r() * 3)], int(r() < 0.1)
            truths.append(dict(id=len(truths) + 1, image_id=picture, category_id=category, iscrowd=crowd,
                               bbox=[left, top, width, height], area=width * height))
            for _ in range(2):
                if r() < 0.7:
                    box = [left + (r() - 0.5) * 0.3 * width, top + (r() - 0.5) * 0.3 * height,
                           width * (0.85 + 0.3 * r()), height * (0.85 + 0.3 * r())]
                    other = CATEGORIES[int(r() * 3)]
                    found.append(dict(image_id=picture, category_id=other if r() < 0.1 else category, bbox=box, score=r()))
        found.append(dict(image_id=picture, category_id=CATEGORIES[int(r() * 3)],
                          bbox=[r() * 400, r() * 300, 4 + r() * 250, 4 + r() * 200], score=r()))
    return truths, found


def main():
    truths, found = boxes(60)
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = dict(info={}, images=[dict(id=i) for i in range(1, 61)], annotations=truths,
                            categories=[dict(id=c, name=str(c)) for c in CATEGORIES])
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(found), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    names = "ap ap50 ap75 apSmall apMedium apLarge ar1 ar10 ar100".split()
    for name, value in zip(names, evaluation.stats[:9]):
        print(f"{name} {value:.12f}")


if __name__ == "__main__":
    main()
