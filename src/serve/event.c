/* What a component is told about its item in EVENT and UUID; see executor_priv.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "serve/executor_priv.h"

/* As a JSON text without quotes; names that are not UTF-8 lose the bytes that are not ASCII. */
static void add_escaped(ais_str *out, const char *text)
{
    const size_t length = strlen(text);
    const bool utf8 = ais_utf8_find_invalid(text, length) == length;
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            ais_str_add_format(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            ais_str_add_format(out, "\\u%04x", (unsigned)c);
        else if (c < 0x80 || utf8)
            ais_str_add_char(out, text[i]);
        else
            ais_str_add(out, "\\ufffd");
    }
}

char *ais__event_write(const char *component, const char *name, double queued_s)
{
    const time_t seconds = (time_t)floor(queued_s);
    const long micros = (long)((queued_s - floor(queued_s)) * 1e6);
    struct tm utc;
    char when[32];
    gmtime_r(&seconds, &utc);
    strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &utc);
    ais_str out = {.data = NULL};
    ais_str_add(&out, "{\"Key\": \"");
    add_escaped(&out, component);
    ais_str_add_char(&out, '/');
    add_escaped(&out, name);
    ais_str_add_format(&out, "\", \"Records\": [{\"eventTime\": \"%s.%06ldZ\", ", when, micros);
    ais_str_add(&out, "\"eventName\": \"s3:ObjectCreated:Put\", \"eventSource\": \"aisprint:run\", "
                      "\"s3\": {\"bucket\": {\"name\": \"");
    add_escaped(&out, component);
    ais_str_add(&out, "\"}, \"object\": {\"key\": \"");
    add_escaped(&out, name);
    ais_str_add(&out, "\"}}}]}");
    return ais_str_take(&out);
}

void ais__session_make_id(char id[AIS__SESSION_ID])
{
    unsigned char b[16];
    if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b)
        AIS_BUG("the system gives no random bytes"); /* it may only while it boots */
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    snprintf(id, AIS__SESSION_ID,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
}
