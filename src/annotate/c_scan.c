/* Tokens of C, as far as annotations need them. */
#include <ctype.h>
#include <string.h>

#include "annotate/c_priv.h"

static char peek(const ais__scanner *scanner, size_t ahead)
{
    const size_t at = scanner->at + ahead;
    return at < scanner->end ? scanner->source->text[at] : '\0';
}

/* Length of a backslash and the end of its line, 0 when there is none. */
static size_t line_splice(const ais__scanner *scanner)
{
    if (peek(scanner, 0) != '\\')
        return 0;
    if (peek(scanner, 1) == '\n')
        return 2;
    return peek(scanner, 1) == '\r' && peek(scanner, 2) == '\n' ? 3 : 0;
}

/* Move behind a comment; false when it does not end. */
static bool skip_comment(ais__scanner *scanner)
{
    if (peek(scanner, 1) == '/') {
        while (scanner->at < scanner->end && peek(scanner, 0) != '\n') {
            const size_t splice = line_splice(scanner);
            scanner->at += splice > 0 ? splice : 1;
        }
        return true;
    }
    for (scanner->at += 2; scanner->at < scanner->end; scanner->at++)
        if (peek(scanner, 0) == '*' && peek(scanner, 1) == '/') {
            scanner->at += 2;
            return true;
        }
    return false;
}

/* Blanks, comments, joined lines. False at a comment that does not end; `*start` is where the last
 * comment began. */
static bool skip_blank(ais__scanner *scanner, size_t *start)
{
    for (;;) {
        *start = scanner->at;
        const char c = peek(scanner, 0);
        const size_t splice = line_splice(scanner);
        if (scanner->at >= scanner->end)
            return true;
        if (isspace((unsigned char)c))
            scanner->at++;
        else if (splice > 0)
            scanner->at += splice;
        else if (c != '/' || (peek(scanner, 1) != '/' && peek(scanner, 1) != '*'))
            return true;
        else if (!skip_comment(scanner))
            return false;
    }
}

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* The rest of the line, joined lines and comments included. */
static ais__token_kind scan_directive(ais__scanner *scanner)
{
    while (scanner->at < scanner->end && peek(scanner, 0) != '\n') {
        const size_t splice = line_splice(scanner);
        const char c = peek(scanner, 0), next = peek(scanner, 1);
        if (splice > 0)
            scanner->at += splice;
        else if (c == '/' && next == '*') {
            if (!skip_comment(scanner))
                return AIS__TOKEN_OPEN_END;
        } else {
            scanner->at++;
        }
    }
    return AIS__TOKEN_DIRECTIVE;
}

static ais__token_kind scan_quoted(ais__scanner *scanner)
{
    const char quote = peek(scanner, 0);
    for (scanner->at++; scanner->at < scanner->end && peek(scanner, 0) != '\n'; scanner->at++) {
        if (peek(scanner, 0) == quote) {
            scanner->at++;
            return quote == '"' ? AIS__TOKEN_STRING : AIS__TOKEN_CHARACTER;
        }
        if (peek(scanner, 0) == '\\')
            scanner->at += line_splice(scanner) == 3 ? 2 : 1;
    }
    return AIS__TOKEN_OPEN_END;
}

/* A preprocessing number: digits, letters, points, signs behind an exponent. */
static ais__token_kind scan_number(ais__scanner *scanner)
{
    for (;;) {
        const char c = peek(scanner, 0);
        const bool exponent = c == 'e' || c == 'E' || c == 'p' || c == 'P';
        if (exponent && (peek(scanner, 1) == '+' || peek(scanner, 1) == '-'))
            scanner->at += 2;
        else if (is_name(c) || c == '.' || (c == '\'' && is_name(peek(scanner, 1))))
            scanner->at++;
        else
            return AIS__TOKEN_NUMBER;
    }
}

static ais__token_kind scan_name(ais__scanner *scanner)
{
    while (is_name(peek(scanner, 0)))
        scanner->at++;
    return AIS__TOKEN_NAME;
}

/* u8"..." and its like: one token. */
static size_t string_prefix(const ais__scanner *scanner)
{
    static const char *const prefixes[] = {"u8", "u", "U", "L"};
    for (size_t i = 0; i < AIS_COUNT(prefixes); i++) {
        const size_t length = strlen(prefixes[i]);
        if (scanner->end - scanner->at > length && peek(scanner, length) == '"' &&
            strncmp(scanner->source->text + scanner->at, prefixes[i], length) == 0)
            return length;
    }
    return 0;
}

static bool begins_line(const ais__scanner *scanner)
{
    for (size_t at = scanner->at; at > 0; at--) {
        const char c = scanner->source->text[at - 1];
        if (c == '\n')
            return true;
        if (c != ' ' && c != '\t')
            return false;
    }
    return true;
}

static ais__token_kind scan_kind(ais__scanner *scanner)
{
    const char c = peek(scanner, 0);
    const size_t prefix = string_prefix(scanner);
    if (prefix > 0) {
        scanner->at += prefix;
        return scan_quoted(scanner);
    }
    if (c == '"' || c == '\'')
        return scan_quoted(scanner);
    if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)peek(scanner, 1))))
        return scan_number(scanner);
    if (is_name(c))
        return scan_name(scanner);
    if (c == '#' && begins_line(scanner))
        return scan_directive(scanner);
    scanner->at++;
    return AIS__TOKEN_SIGN;
}

ais__token ais__scan(ais__scanner *scanner)
{
    size_t comment = 0;
    if (!skip_blank(scanner, &comment)) {
        scanner->at = scanner->end;
        return (ais__token){.kind = AIS__TOKEN_OPEN_END, .start = comment, .end = scanner->end};
    }
    const size_t start = scanner->at;
    if (start >= scanner->end)
        return (ais__token){.kind = AIS__TOKEN_END, .start = scanner->end, .end = scanner->end};
    const ais__token_kind kind = scan_kind(scanner);
    if (scanner->at > scanner->end) /* a backslash was the last byte */
        scanner->at = scanner->end;
    return (ais__token){.kind = kind, .start = start, .end = scanner->at};
}

bool ais__token_is(const ais__source *source, ais__token token, const char *text)
{
    const size_t length = token.end - token.start;
    return token.kind != AIS__TOKEN_END && strlen(text) == length &&
           memcmp(source->text + token.start, text, length) == 0;
}

bool ais__scan_group(ais__scanner *scanner, ais__token *close)
{
    size_t depth = 1;
    for (;;) {
        const ais__token token = ais__scan(scanner);
        if (token.kind == AIS__TOKEN_END || token.kind == AIS__TOKEN_OPEN_END)
            return false;
        if (token.kind != AIS__TOKEN_SIGN)
            continue;
        const char c = scanner->source->text[token.start];
        if (c == '(' || c == '[' || c == '{')
            depth++;
        else if (c == ')' || c == ']' || c == '}')
            depth--;
        if (depth == 0) {
            *close = token;
            return true;
        }
    }
}
