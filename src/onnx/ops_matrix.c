/* Matrix products and what is made of them. */
#include <string.h>

#include "infer_priv.h"

/* The two last axes of an operand; a vector counts as one row (left) or one column (right). */
typedef struct operand {
    ais_onnx_shape batch;
    ais_onnx_dim rows, columns;
    bool vector;
} operand;

static operand see(const ais_onnx_shape *shape, bool left, bool turned)
{
    operand o = {.vector = shape->rank == 1};
    if (o.vector) {
        o.batch = (ais_onnx_shape){.known = true};
        o.rows = left ? ais__onnx_dim(1) : shape->dims[0];
        o.columns = left ? shape->dims[0] : ais__onnx_dim(1);
        return o;
    }
    const size_t rank = shape->rank;
    o.batch = (ais_onnx_shape){.known = true, .rank = rank - 2, .dims = shape->dims};
    o.rows = shape->dims[turned ? rank - 1 : rank - 2];
    o.columns = shape->dims[turned ? rank - 2 : rank - 1];
    return o;
}

int ais__onnx_infer_matmul(ais__onnx_call *call, size_t a, size_t b, bool turn_a, bool turn_b)
{
    const ais_onnx_shape *left = ais__onnx_input_shape(call, a);
    const ais_onnx_shape *right = ais__onnx_input_shape(call, b);
    if (left == NULL || right == NULL)
        return 0;
    if (left->rank == 0 || right->rank == 0)
        return ais__onnx_fail(call, "a factor of a matrix product has no axes");
    const operand l = see(left, true, turn_a), r = see(right, false, turn_b);
    if (l.columns.size >= 0 && r.rows.size >= 0 && l.columns.size != r.rows.size)
        return ais__onnx_fail(call, "the inner sizes are %lld and %lld", (long long)l.columns.size,
                              (long long)r.rows.size);
    const ais_onnx_shape *batches[] = {&l.batch, &r.batch};
    ais_onnx_shape batch = {.known = false};
    if (ais__onnx_broadcast(call, batches, AIS_COUNT(batches), &batch) < 0)
        return -1;
    ais_onnx_dim *dims =
        ais__onnx_new_shape(call, 0, batch.rank + (l.vector ? 0 : 1) + (r.vector ? 0 : 1));
    if (dims == NULL)
        return 0;
    if (batch.rank > 0)
        memcpy(dims, batch.dims, batch.rank * sizeof *dims);
    size_t next = batch.rank;
    if (!l.vector)
        dims[next++] = l.rows;
    if (!r.vector)
        dims[next] = r.columns;
    return 0;
}

int ais__onnx_rule_matmul(ais__onnx_call *call)
{
    if (call->op->type != AIS_ONNX_UNDEFINED)
        ais__onnx_set_type(call, 0, call->op->type);
    else if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    return ais__onnx_infer_matmul(call, 0, 1, ais__onnx_get_int(call, "transA", 0) != 0,
                                  ais__onnx_get_int(call, "transB", 0) != 0);
}

int ais__onnx_rule_gemm(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const bool turn_a = ais__onnx_get_int(call, "transA", 0) != 0;
    const bool turn_b = ais__onnx_get_int(call, "transB", 0) != 0;
    const ais_onnx_shape *a = ais__onnx_input_shape(call, 0);
    const ais_onnx_shape *b = ais__onnx_input_shape(call, 1);
    if (!call->studio && (a == NULL || b == NULL)) {
        ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 2);
        if (a != NULL && a->rank == 2)
            dims[0] = a->dims[turn_a ? 1 : 0];
        if (b != NULL && b->rank == 2)
            dims[1] = b->dims[turn_b ? 0 : 1];
        return 0;
    }
    if (ais__onnx_need_rank(call, 0, 2) < 0 || ais__onnx_need_rank(call, 1, 2) < 0)
        return -1;
    if (call->studio && a != NULL && b != NULL) { /* onnx 1.12 does not look at the inner sizes */
        ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, 2);
        dims[0] = a->dims[turn_a ? 1 : 0];
        dims[1] = b->dims[turn_b ? 0 : 1];
        return 0;
    }
    return ais__onnx_infer_matmul(call, 0, 1, turn_a, turn_b);
}

/* A, its scale and zero point, B, its scale and zero point, the result's scale and zero point. */
static int qlinear_matmul(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 7, 0) < 0)
        return -1;
    return ais__onnx_infer_matmul(call, 0, 3, false, false);
}

static int determinant(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in == NULL)
        return 0;
    if (in->rank < 2)
        return ais__onnx_fail(call, "the input has %zu axes (must be 2 or more)", in->rank);
    ais_onnx_dim square = in->dims[in->rank - 1];
    if (ais__onnx_merge_dim(call, in->dims[in->rank - 2], &square, "size of a square matrix") < 0)
        return -1;
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, in->rank - 2);
    if (dims != NULL && in->rank > 2)
        memcpy(dims, in->dims, (in->rank - 2) * sizeof *dims);
    return 0;
}

static int triangle(ais__onnx_call *call)
{
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    const ais_onnx_shape *in = ais__onnx_input_shape(call, 0);
    if (in != NULL && in->rank < 2)
        return ais__onnx_fail(call, "the input has %zu axes (must be 2 or more)", in->rank);
    ais__onnx_take_shape(call, 0, 0);
    return 0;
}

/* ---- Einsum: letters of each operand "ij,jk->ik"; "..." stands for axes that are broadcast ---- */

enum { LETTERS = 128, MAX_TERM = 64 };

typedef struct equation {
    char text[512]; /* without blanks */
    ais_onnx_dim sizes[LETTERS];
    unsigned char seen[LETTERS];
    ais_onnx_shape ellipsis;
} equation;

static bool read_equation(const ais__onnx_call *call, equation *e)
{
    const ais_onnx_attribute *attribute = ais_onnx_find_attribute(call->node, "equation");
    if (attribute == NULL || attribute->type != AIS_ONNX_ATTRIBUTE_STRING ||
        attribute->s.length >= sizeof e->text)
        return false;
    size_t length = 0;
    for (size_t i = 0; i < attribute->s.length; i++) {
        const uint8_t c = attribute->s.data[i];
        if (c >= LETTERS || c == 0)
            return false;
        if (c != ' ')
            e->text[length++] = (char)c;
    }
    e->text[length] = '\0';
    for (size_t i = 0; i < LETTERS; i++)
        e->sizes[i] = AIS__ONNX_OPEN;
    return length > 0;
}

/* Sizes of one operand's letters. */
static int read_term(ais__onnx_call *call, equation *e, const char *term, size_t length,
                     const ais_onnx_shape *shape)
{
    const char *dots = memmem(term, length, "...", 3);
    const size_t letters = dots != NULL ? length - 3 : length;
    if (shape->rank < letters || (dots == NULL && shape->rank != letters))
        return ais__onnx_fail(call, "an operand of %zu axes has %zu letters", shape->rank, letters);
    const size_t wide = shape->rank - letters;
    size_t axis = 0;
    for (size_t i = 0; i < length; i++) {
        if (dots != NULL && &term[i] == dots) {
            const ais_onnx_shape part = {.known = true, .rank = wide, .dims = &shape->dims[axis]};
            const ais_onnx_shape *both[] = {&e->ellipsis, &part};
            if (e->ellipsis.known ? ais__onnx_broadcast(call, both, 2, &e->ellipsis) < 0 : false)
                return -1;
            if (!e->ellipsis.known)
                e->ellipsis = part;
            axis += wide;
            i += 2;
            continue;
        }
        const unsigned char c = (unsigned char)term[i];
        e->seen[c] = (unsigned char)(e->seen[c] < 2 ? e->seen[c] + 1 : 2);
        const ais_onnx_dim size = shape->dims[axis++];
        if (e->sizes[c].size == 1) /* Einsum broadcasts sizes of 1 */
            e->sizes[c] = size;
        else if (size.size != 1 &&
                 ais__onnx_merge_dim(call, size, &e->sizes[c], "size of a letter") < 0)
            return -1;
    }
    return 0;
}

/* All operands; 1 when the shape of one is not known. */
static int read_terms(ais__onnx_call *call, equation *e)
{
    const char *end = strstr(e->text, "->");
    const char *at = e->text;
    end = end != NULL ? end : e->text + strlen(e->text);
    for (size_t i = 0; i < call->input_count; i++) {
        const ais_onnx_shape *shape = ais__onnx_input_shape(call, i);
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma != NULL ? comma : end;
        if (shape == NULL)
            return 1;
        if ((comma == NULL) != (i + 1 == call->input_count))
            return ais__onnx_fail(call, "the equation is not for %zu inputs", call->input_count);
        if (read_term(call, e, at, (size_t)(stop - at), shape) < 0)
            return -1;
        at = stop + (comma != NULL ? 1 : 0);
    }
    return 0;
}

/* Letters of the result: as written behind "->", else those that occur once, in alphabetical order. */
static const char *result_letters(equation *e, char implicit[LETTERS + 4])
{
    const char *arrow = strstr(e->text, "->");
    if (arrow != NULL)
        return arrow + 2;
    size_t length = 0;
    if (e->ellipsis.known) {
        memcpy(implicit, "...", 3);
        length = 3;
    }
    for (size_t c = 0; c < LETTERS; c++)
        if (e->seen[c] == 1)
            implicit[length++] = (char)c;
    implicit[length] = '\0';
    return implicit;
}

static int einsum(ais__onnx_call *call)
{
    equation e = {.ellipsis = {.known = false}};
    char implicit[LETTERS + 4];
    if (ais__onnx_take_type(call, 0, 0) < 0)
        return -1;
    if (!read_equation(call, &e))
        return 0;
    const int state = read_terms(call, &e);
    if (state != 0)
        return state < 0 ? -1 : 0;
    const char *letters = result_letters(&e, implicit);
    const char *dots = strstr(letters, "...");
    const size_t rank = strlen(letters) - (dots != NULL ? 3 : 0) +
                        (dots != NULL && e.ellipsis.known ? e.ellipsis.rank : 0);
    ais_onnx_dim *dims = ais__onnx_new_shape(call, 0, rank);
    size_t axis = 0;
    for (const char *c = letters; dims != NULL && *c != '\0'; c++) {
        if (c == dots) {
            for (size_t i = 0; e.ellipsis.known && i < e.ellipsis.rank; i++)
                dims[axis++] = e.ellipsis.dims[i];
            c += 2;
            continue;
        }
        dims[axis++] = e.sizes[(unsigned char)*c];
    }
    double all = ais__onnx_elements(&e.ellipsis);
    for (size_t i = 0; i < LETTERS; i++)
        all *= e.seen[i] != 0 && e.sizes[i].size >= 0 ? (double)e.sizes[i].size : 1;
    call->own_flops = call->input_count > 1 ? 2 * all * (double)(call->input_count - 1) : all;
    for (size_t i = 0; call->studio && dims != NULL && i < rank; i++)
        dims[i] = AIS__ONNX_OPEN; /* onnx 1.12 knows only how many there are */
    return 0;
}

static const ais__onnx_op ops[] = {
    {.name = "MatMul", .rule = ais__onnx_rule_matmul, .cost = AIS__ONNX_COST_MATMUL},
    {.name = "MatMulInteger",
     .rule = ais__onnx_rule_matmul,
     .cost = AIS__ONNX_COST_MATMUL,
     .type = AIS_ONNX_INT32},
    {.name = "QLinearMatMul", .rule = qlinear_matmul, .cost = AIS__ONNX_COST_MATMUL},
    {.name = "Gemm", .rule = ais__onnx_rule_gemm, .cost = AIS__ONNX_COST_GEMM},
    {.name = "Einsum", .rule = einsum, .cost = AIS__ONNX_COST_EINSUM},
    {.name = "Det", .rule = determinant, .cost = AIS__ONNX_COST_DETERMINANT},
    {.name = "Trilu", .rule = triangle},
};
const ais__onnx_family ais__onnx_matrix = {.domain = "", .ops = ops, .count = AIS_COUNT(ops)};
