/* design/difference - how far two tensors are from each other.
 *
 * Layer: within design; above infer. Threads: no shared state. */
#ifndef AIS_DESIGN_DIFFERENCE_H
#define AIS_DESIGN_DIFFERENCE_H
#include "infer/infer.h"

typedef struct ais_difference {
    bool equal;        /* every element: |got - whole| <= atol + rtol * |whole| */
    bool other_layout; /* type or shape differ: nothing was compared */
    /* The largest ones; relative ones where whole is not 0. Infinite where only one of the two is finite,
     * one is NaN, or the layout differs. */
    double absolute, relative;
    size_t faults; /* elements that are too far */
    size_t first;  /* the first of them */
} ais_difference;

/* Numbers of all types are compared as doubles; floats of 16 bits are granted two units in the last place. */
ais_difference ais__difference_of(const ais_tensor *whole, const ais_tensor *got, double rtol,
                                  double atol);
/* Append "is 0.5 at [0,2], not 0.25: 3 of 12 elements differ". */
void ais__difference_write(const ais_difference *difference, const ais_tensor *whole,
                           const ais_tensor *got, ais_str *out);
#endif
