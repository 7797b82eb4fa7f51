/* Text, figures and cells; the head and foot of a page. */
#include <math.h>
#include <string.h>

#include "page/page_priv.h"

void ais_page_begin(ais_str *out, const char *title, const char *heading)
{
    ais_str_add(out, "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>"
                     "<meta name=viewport content=\"width=device-width,initial-scale=1\"><title>");
    ais_page_add_text(out, title);
    ais_str_add_format(out, "</title><style>%s</style></head>\n<body><h1>", ais__page_style);
    ais_page_add_text(out, heading);
    ais_str_add(out, "</h1>");
}

void ais_page_end(ais_str *out)
{
    ais_str_add(out, "</body></html>\n");
}

void ais_page_add_text(ais_str *out, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        const size_t valid = ais_utf8_find_invalid(text, left);
        for (size_t i = 0; i < valid; i++) {
            const unsigned char c = (unsigned char)text[i];
            switch (c) {
            case '<':
                ais_str_add(out, "&lt;");
                break;
            case '>':
                ais_str_add(out, "&gt;");
                break;
            case '&':
                ais_str_add(out, "&amp;");
                break;
            case '"':
                ais_str_add(out, "&quot;");
                break;
            case '\'':
                ais_str_add(out, "&#39;");
                break;
            default:
                if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\t'))
                    ais_str_add(out, "\xef\xbf\xbd");
                else
                    ais_str_add_char(out, text[i]);
            }
        }
        if (valid < left)
            ais_str_add(out, "\xef\xbf\xbd");
        const size_t used = valid < left ? valid + 1 : valid;
        text += used;
        left -= used;
    }
}

void ais_page_add_time(ais_str *out, double seconds)
{
    if (isnan(seconds))
        ais_str_add(out, "&ndash;");
    else if (seconds < 0.9995e-3)
        ais_str_add_format(out, "%.3g&nbsp;&micro;s", seconds * 1e6);
    else if (seconds < 0.9995) /* what three digits round to 1,000 is of the next unit */
        ais_str_add_format(out, "%.3g&nbsp;ms", seconds * 1e3);
    else
        ais_str_add_format(out, seconds < 1000.0 ? "%.3g&nbsp;s" : "%.0f&nbsp;s", seconds);
}

void ais_page_add_bytes(ais_str *out, double bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    size_t unit = 0;
    if (isnan(bytes)) {
        ais_str_add(out, "&ndash;");
        return;
    }
    for (; bytes >= 999.5 && unit + 1 < AIS_COUNT(units); unit++)
        bytes /= 1000.0;
    ais_str_add_format(out, "%.3g&nbsp;%s", bytes, units[unit]);
}

void ais_page_add_tile(ais_str *out, const char *kind, const char *name, const char *value)
{
    ais_str_add_format(out, "<div class=\"tile %s\"><b>%s</b><span>%s</span></div>", kind, value,
                       name);
}

void ais_page_add_cell(ais_str *out, const char *text)
{
    ais_str_add(out, "<td>");
    ais_page_add_text(out, text);
    ais_str_add(out, "</td>");
}

void ais_page_add_number_cell(ais_str *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AIS_FREE char *text = ais_vformat(format, arguments);
    va_end(arguments);
    ais_str_add_format(out, "<td class=n>%s</td>", text);
}
