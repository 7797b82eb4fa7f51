/* A C component: the annotations at file scope and the entry function below them.
 *
 * Annotations are found by tokens and blanked out before the grammar of C sees the file: so lists
 * such as ("a", "b") or {"a", "b"} cannot confuse it. Constants and functions come from the tree. */
#include <string.h>

#include "annotate/c_priv.h"

const TSLanguage *tree_sitter_c(void);

typedef struct statement {
    const char *name;        /* "exec_time" */
    size_t start;            /* of the macro's name */
    size_t arguments, close; /* between the parentheses */
} statement;

typedef struct statements {
    statement *items;
    size_t count, capacity;
} statements;

/* The walk over tokens at file scope. */
typedef struct outline {
    ais__c *c;
    ais__scanner scanner;
    char *masked; /* the text without annotations and without what stands in #if 0 */
    statements *found;
    size_t braces; /* depth; extern "C" { does not count */
    size_t conditions;
    size_t off; /* depth of the #if 0 that we are in; 0: none */
    size_t off_start;
    ais__token before; /* the present one */
    ais__token last;   /* that was dealt with */
    bool after_extern;
    unsigned open_ends; /* strings and comments that do not end */
} outline;

static void mask(outline *at, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        if (at->masked[i] != '\n')
            at->masked[i] = ' ';
}

/* ---- conditions ---- */

/* The word behind '#', and where the text behind it starts. */
static ais__token directive_word(const outline *at, ais__token directive, ais__scanner *rest)
{
    *rest = (ais__scanner){
        .source = at->scanner.source, .at = directive.start + 1, .end = directive.end};
    return ais__scan(rest);
}

static void see_directive(outline *at, ais__token directive)
{
    ais__scanner rest;
    const ais__source *source = at->scanner.source;
    const ais__token word = directive_word(at, directive, &rest);
    if (ais__token_is(source, word, "if") || ais__token_is(source, word, "ifdef") ||
        ais__token_is(source, word, "ifndef")) {
        at->conditions++;
        if (at->off == 0 && ais__token_is(source, word, "if") &&
            ais__token_is(source, ais__scan(&rest), "0")) {
            at->off = at->conditions;
            at->off_start = directive.end;
        }
        return;
    }
    const bool ends = ais__token_is(source, word, "endif");
    const bool turns = ais__token_is(source, word, "else") || ais__token_is(source, word, "elif");
    if (!ends && !turns)
        return;
    if (at->off != 0 && at->off == at->conditions) {
        mask(at, at->off_start, directive.start);
        at->off = 0;
    }
    if (ends && at->conditions > 0)
        at->conditions--;
}

/* ---- annotations ---- */

static ais_pos pos_at(const outline *at, size_t offset)
{
    return ais__source_pos(at->scanner.source, offset);
}

/* "exec_time" for AIS_EXEC_TIME, in the arena; NULL for other words. */
static const char *annotation_name(const outline *at, ais__token token)
{
    static const char prefix[] = "AIS_";
    const size_t skip = sizeof prefix - 1;
    const char *text = at->scanner.source->text + token.start;
    const size_t length = token.end - token.start;
    if (length <= skip || length > 64 || strncmp(text, prefix, skip) != 0)
        return NULL;
    char *name = ais_arena_strndup(at->c->arena, text + skip, length - skip);
    for (char *letter = name; *letter != '\0'; letter++)
        if (*letter >= 'A' && *letter <= 'Z')
            *letter = (char)(*letter - 'A' + 'a');
        else if (*letter != '_')
            return NULL;
    return name;
}

static char *macro_name(const char *name)
{
    char *macro = ais_format("AIS_%s", name);
    for (char *letter = macro; *letter != '\0'; letter++)
        if (*letter >= 'a' && *letter <= 'z')
            *letter = (char)(*letter - 'a' + 'A');
    return macro;
}

/* A statement of its own: nothing, or the end of something, stands before it. */
static bool begins_statement(const outline *at)
{
    static const char ends[] = ";{}";
    const ais__token before = at->before;
    return before.kind == AIS__TOKEN_END || before.kind == AIS__TOKEN_DIRECTIVE ||
           (before.kind == AIS__TOKEN_SIGN &&
            strchr(ends, at->scanner.source->text[before.start]) != NULL);
}

/* AIS_EXEC_TIM(...); */
static void report_unknown(outline *at, const char *name, ais__token token)
{
    const char *nearest = ais__annotation_nearest(name);
    if (nearest == NULL || ais_str_equal(nearest, AIS__ALL_IN_ONE))
        return; /* some macro that has nothing to do with us */
    AIS_FREE char *macro = macro_name(name);
    AIS_FREE char *right = macro_name(nearest);
    AIS_FREE char *hint = ais_format("did you mean '%s'?", right);
    at->c->reading->some_unread = true;
    ais__fault(at->c->reading, "unknown-annotation", pos_at(at, token.start), hint,
               "'%s' is no annotation", macro);
}

/* Behind the closing parenthesis: `;` must follow. Gives the end of the statement; another one may
 * begin there. */
static size_t end_statement(outline *at, ais__token close)
{
    ais__scanner ahead = at->scanner;
    const ais__token next = ais__scan(&ahead);
    at->last = (ais__token){.kind = AIS__TOKEN_END};
    if (!ais__token_is(at->scanner.source, next, ";")) {
        ais__fault(at->c->reading, "c-syntax", pos_at(at, close.end), "write ;",
                   "a semicolon is missing behind the annotation");
        return close.end;
    }
    at->scanner = ahead;
    return next.end;
}

static void add_statement(outline *at, const char *name, ais__token token)
{
    ais__reading *reading = at->c->reading;
    const ais__token open = ais__scan(&at->scanner);
    ais__token close = open;
    if (!ais__scan_group(&at->scanner, &close)) {
        reading->some_unread = true;
        ais__fault(reading, "c-syntax", pos_at(at, open.start), NULL,
                   "the parenthesis is never closed");
        return;
    }
    const size_t end = end_statement(at, close);
    mask(at, token.start, end);
    if (at->off != 0)
        return;
    if (at->braces > 0) {
        reading->some_unread = true;
        ais__fault(reading, "misplaced-annotation", pos_at(at, token.start),
                   "write it above the entry function", "an annotation inside braces");
        return;
    }
    if (at->conditions > 0) {
        reading->some_unread = true;
        ais__fault(reading, "not-static", pos_at(at, token.start), "write it without #if",
                   "an annotation under a condition");
        return;
    }
    statements *found = at->found;
    found->items = ais_grow(found->items, &found->capacity, found->count + 1, sizeof *found->items);
    found->items[found->count++] = (statement){
        .name = name, .start = token.start, .arguments = open.end, .close = close.start};
}

static void see_name(outline *at, ais__token token)
{
    const char *name = annotation_name(at, token);
    ais_annotation_kind kind = AIS_ANNOTATION_COMPONENT_NAME;
    if (name == NULL || !begins_statement(at))
        return;
    ais__scanner ahead = at->scanner;
    const ais__token next = ais__scan(&ahead);
    const bool called = ais__token_is(at->scanner.source, next, "(");
    if (!ais__annotation_find_kind(name, &kind)) {
        if (called && at->off == 0 && at->braces == 0)
            report_unknown(at, name, token);
    } else if (called) {
        add_statement(at, name, token);
    } else if (at->off == 0) {
        AIS_FREE char *macro = macro_name(name);
        AIS_FREE char *hint = ais_format("write %s(...);", macro);
        at->c->reading->some_unread = true;
        ais__fault(at->c->reading, "bare-annotation", pos_at(at, token.start), hint,
                   "'%s' has no parentheses", macro);
    }
}

static void see_sign(outline *at, ais__token token)
{
    const char c = at->scanner.source->text[token.start];
    const bool linkage = at->after_extern && at->before.kind == AIS__TOKEN_STRING;
    if (c == '{' && !(linkage && at->braces == 0))
        at->braces++;
    else if (c == '}' && at->braces > 0)
        at->braces--;
}

/* Find all annotations; blank them out in `masked`. */
static void find_statements(outline *at)
{
    for (;;) {
        const ais__token token = ais__scan(&at->scanner);
        if (token.kind == AIS__TOKEN_OPEN_END && at->off == 0 &&
            at->open_ends++ < AIS__MAX_SYNTAX_ERRORS) {
            ais__fault(at->c->reading, "c-syntax", pos_at(at, token.start), NULL,
                       "a string or comment does not end");
            at->c->reading->some_unread = true;
        }
        if (token.kind == AIS__TOKEN_END)
            break;
        at->before = at->last;
        at->last = token;
        if (token.kind == AIS__TOKEN_DIRECTIVE)
            see_directive(at, token);
        else if (token.kind == AIS__TOKEN_NAME)
            see_name(at, token);
        else if (token.kind == AIS__TOKEN_SIGN && at->off == 0)
            see_sign(at, token);
        if (token.kind != AIS__TOKEN_STRING)
            at->after_extern = ais__token_is(at->scanner.source, token, "extern");
    }
    if (at->off != 0)
        mask(at, at->off_start, at->scanner.end);
}

/* ---- arguments ---- */

/* Move to the comma that ends a broken argument. */
static void skip_argument(ais__scanner *scanner)
{
    ais__token close;
    for (;;) {
        ais__scanner ahead = *scanner;
        const ais__token token = ais__scan(&ahead);
        if (token.kind == AIS__TOKEN_END || ais__token_is(scanner->source, token, ","))
            return;
        *scanner = ahead;
        if (ais__token_is(scanner->source, token, "(") ||
            ais__token_is(scanner->source, token, "{") ||
            ais__token_is(scanner->source, token, "["))
            if (!ais__scan_group(scanner, &close))
                return;
    }
}

/* `name =` is behind us (NULL: there was none). Reads the value. */
static void read_argument(ais__c *c, ais_annotation_kind kind, ais__scanner *scanner, size_t row,
                          ais_pos name_pos)
{
    const ais__scanner start = *scanner;
    if (row != AIS__NO_ARGUMENT) {
        const ais_annotation_argument *argument = &ais_annotation_spec_of(kind)->arguments[row];
        c->subject = argument->name;
        const bool wants_list =
            (argument->kinds & AIS_DOC_LIST) != 0 && (argument->kinds & AIS_DOC_SCALAR) == 0;
        ais__reading_put(c->reading, kind, row, name_pos, ais__c_value(c, scanner, wants_list));
    }
    *scanner = start; /* a broken value leaves it anywhere */
    skip_argument(scanner);
}

static void report_order(const ais__c *c, ais_pos pos)
{
    ais__fault(c->reading, "c-syntax", pos, "write its name too",
               "an argument without a name follows one with a name");
}

static void read_arguments(ais__c *c, ais_annotation_kind kind, const statement *from)
{
    const ais__source *source = c->reading->source;
    ais__scanner scanner = {.source = source, .at = from->arguments, .end = from->close};
    bool named = false;
    for (size_t place = 0;; place++) {
        ais__scanner ahead = scanner;
        const ais__token first = ais__scan(&ahead);
        if (first.kind == AIS__TOKEN_END)
            break;
        const ais_pos pos = ais__source_pos(source, first.start);
        ais__scanner behind = ahead;
        const bool assigns =
            first.kind == AIS__TOKEN_NAME && ais__token_is(source, ais__scan(&behind), "=");
        if (assigns) {
            named = true;
            scanner = behind;
            const char *name =
                ais_arena_strndup(c->arena, source->text + first.start, first.end - first.start);
            read_argument(c, kind, &scanner, ais__reading_named(c->reading, kind, name, pos), pos);
        } else if (named) {
            report_order(c, pos);
            skip_argument(&scanner);
        } else {
            read_argument(c, kind, &scanner, ais__reading_placed(c->reading, kind, place, pos),
                          pos);
        }
        (void)ais__scan(&scanner); /* the comma, or the end */
    }
}

/* ---- the entry ---- */

static const char right_signature[] = "(const ais_component_call *call, ais_error **err)";

/* Words of one parameter: is it [const] [struct] `type` stars [name]? */
static bool is_parameter(const ais__source *source, ais__scanner *scanner, const char *type,
                         bool wants_const, size_t wants_stars)
{
    bool has_const = false, has_type = false;
    size_t stars = 0, names = 0;
    for (;;) {
        ais__scanner ahead = *scanner;
        const ais__token token = ais__scan(&ahead);
        if (token.kind == AIS__TOKEN_END || ais__token_is(source, token, ","))
            break;
        *scanner = ahead;
        if (ais__token_is(source, token, "const"))
            has_const = has_const || stars == 0;
        else if (ais__token_is(source, token, type) && stars == 0)
            has_type = true;
        else if (ais__token_is(source, token, "*") || ais__token_is(source, token, "["))
            stars++;
        else if (token.kind == AIS__TOKEN_NAME && stars > 0)
            names++;
        else if (!ais__token_is(source, token, "struct") && !ais__token_is(source, token, "]"))
            return false;
    }
    return has_type && has_const == wants_const && stars == wants_stars && names <= 1;
}

static bool has_right_parameters(const ais__source *source, const ais__c_function *function)
{
    ais__scanner outer = {.source = source, .at = function->name_at, .end = function->body};
    (void)ais__scan(&outer); /* the name */
    const ais__token open = ais__scan(&outer);
    ais__token close = open;
    if (!ais__scan_group(&outer, &close))
        return false;
    ais__scanner inner = {.source = source, .at = open.end, .end = close.start};
    return is_parameter(source, &inner, "ais_component_call", true, 1) &&
           ais__token_is(source, ais__scan(&inner), ",") &&
           is_parameter(source, &inner, "ais_error", false, 2) &&
           ais__scan(&inner).kind == AIS__TOKEN_END;
}

/* Attributes and macros may stand before `int`; `static` and `*` may not. */
static void check_signature(const ais__c *c, const ais__c_function *function)
{
    const ais__source *source = c->reading->source;
    ais__scanner scanner = {.source = source, .at = function->start, .end = function->name_at};
    bool is_static = false;
    ais__token last = {.kind = AIS__TOKEN_END}, close = last;
    for (;;) {
        const ais__token token = ais__scan(&scanner);
        if (token.kind == AIS__TOKEN_END || token.kind == AIS__TOKEN_OPEN_END)
            break;
        is_static = is_static || ais__token_is(source, token, "static");
        last = token;
        if (ais__token_is(source, token, "(") && !ais__scan_group(&scanner, &close))
            break;
    }
    AIS_FREE char *hint = ais_format("must be int %s%s", function->name, right_signature);
    const ais_pos pos = ais__source_pos(source, function->name_at);
    if (is_static)
        ais__fault(c->reading, "wrong-signature", pos, hint,
                   "'%s' is static: it could not be called from outside", function->name);
    else if (!ais__token_is(source, last, "int") || !has_right_parameters(source, function)) {
        AIS_FREE char *quote = ais__source_quote(source, function->start, function->body);
        ais__fault(c->reading, "wrong-signature", pos, hint, "'%s' is no entry: %s", function->name,
                   quote);
    }
}

/* The function below the annotations; reports annotations that stand below it. */
static void find_entry(ais__c *c, const ais__tree *tree, const statements *found)
{
    ais__reading *reading = c->reading;
    const ais__source *source = reading->source;
    const ais__c_function *entry = NULL;
    for (size_t i = 0; i < c->function_count && entry == NULL; i++)
        if (c->functions[i].start > found->items[0].start)
            entry = &c->functions[i];
    const statement *last = &found->items[found->count - 1];
    if (entry == NULL) {
        ais__tree_report_errors(tree, reading, "c-syntax", "C");
        ais__fault(reading, "no-entry", ais__source_pos(source, last->start),
                   "write them above the function that is called for each item",
                   "no function follows the annotations");
        return;
    }
    reading->out->entry = ais_arena_strdup(reading->out->arena, entry->name);
    reading->out->entry_pos = ais__source_pos(source, entry->name_at);
    check_signature(c, entry);
    for (size_t i = 0; i < found->count; i++)
        if (found->items[i].start > entry->start) {
            ais__fault(
                reading, "misplaced-annotation", ais__source_pos(source, found->items[i].start),
                "write all of them above one function",
                "this annotation stands below '%s', which those above belong to", entry->name);
            return;
        }
}

static void read_statements(ais__c *c, const ais__tree *tree, const statements *found)
{
    if (found->count == 0) {
        if (!c->reading->some_unread)
            ais__fault(c->reading, "no-entry", (ais_pos){.file = c->reading->source->file},
                       "write AIS_COMPONENT_NAME(name = \"...\"); above the entry function",
                       "there are no annotations");
        return;
    }
    find_entry(c, tree, found);
    for (size_t i = 0; i < found->count; i++) {
        const statement *from = &found->items[i];
        const ais_pos pos = ais__source_pos(c->reading->source, from->start);
        ais_annotation_kind kind = AIS_ANNOTATION_COMPONENT_NAME;
        c->use = from->start;
        if (ais__reading_begin(c->reading, from->name, pos, &kind))
            read_arguments(c, kind, from);
    }
}

char *ais__c_mask(ais__reading *reading)
{
    const ais__source *source = reading->source;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    char *masked = ais_strndup(source->text, source->length);
    ais__c c = {.reading = reading, .arena = arena, .subject = "annotation"};
    statements found = {.items = NULL};
    outline at = {.c = &c,
                  .scanner = {.source = source, .end = source->length},
                  .masked = masked,
                  .found = &found};
    find_statements(&at);
    free(found.items);
    return masked;
}

void ais__c_read(ais__reading *reading)
{
    const ais__source *source = reading->source;
    AIS_AUTO(ais_arena) arena = ais_arena_new();
    AIS_AUTO(ais_map) names = ais_map_new();
    AIS_FREE char *masked = ais_strndup(source->text, source->length);
    ais__c c = {.reading = reading, .arena = arena, .names = names, .subject = "annotation"};
    statements found = {.items = NULL};
    outline at = {.c = &c,
                  .scanner = {.source = source, .end = source->length},
                  .masked = masked,
                  .found = &found};
    find_statements(&at);
    AIS_SCOPED(ais__tree) tree = {.parser = NULL};
    ais__tree_init(&tree, reading, tree_sitter_c(), masked);
    if (tree.tree != NULL) {
        ais__c_collect(&c, ts_tree_root_node(tree.tree));
        read_statements(&c, &tree, &found);
    }
    free(found.items);
    free(c.functions);
}
