/* Reads bytes as a table. What can be read is written and read again: it must be the same table. */
#include <string.h>

#include "doc/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_row(const ais_csv_row *row, ais_str *out)
{
    const size_t start = out->length;
    for (size_t i = 0; i < row->count; i++) {
        if (i > 0)
            ais_str_add_char(out, ',');
        ais_csv_write_cell(row->cells[i].text, out);
    }
    ais_str_add(out, out->length == start ? "\"\"\n" : "\n"); /* an empty line is no row */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AIS_AUTO(ais_diags) diags = ais_diags_new();
    AIS_AUTO(ais_csv) csv = NULL;
    AIS_AUTO(ais_csv) again = NULL;
    AIS_SCOPED(ais_str) text = {.data = NULL};
    if (ais_csv_parse("f", (const char *)data, size, diags, &csv) < 0) {
        if (ais_diags_count_of(diags, AIS_SEVERITY_ERROR) == 0)
            AIS_BUG("refused without a fault");
        return 0;
    }
    write_row(&csv->header, &text);
    for (size_t i = 0; i < csv->row_count; i++)
        write_row(&csv->rows[i], &text);
    if (ais_csv_parse("f", ais_str_get(&text), text.length, diags, &again) < 0)
        AIS_BUG("cannot be read again: %s", ais_diags_get(diags, 0)->message);
    if (again->row_count != csv->row_count)
        AIS_BUG("has other rows when read again");
    for (size_t i = 0; i < csv->row_count; i++)
        for (size_t k = 0; k < csv->header.count; k++)
            if (!ais_str_equal(csv->rows[i].cells[k].text, again->rows[i].cells[k].text))
                AIS_BUG("is another table when read again");
    return 0;
}
