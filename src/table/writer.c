#include "table/writer.h"

#include "table/formatter.h"

struct MwTableWriter {
    MwTarget *target;
    const MwTableFormatter *formatter;
    void *state;
};

static MwTableWriter *
open_target(MwTarget *target, const char *const *columns, const MwTableWriterOptions *options,
            GError **error)
{
    static const MwTableWriterOptions plain = { .format = MW_TABLE_CSV };
    g_autoptr(MwTableWriter) writer = g_new0(MwTableWriter, 1);

    if (!options)
        options = &plain;
    writer->target = target;
    writer->formatter = options->format == MW_TABLE_XLSX ? &mw_xlsx_formatter : &mw_csv_formatter;
    writer->state = writer->formatter->new (target, columns, options, error);
    return writer->state ? g_steal_pointer(&writer) : NULL;
}

MwTableWriter *
mw_table_writer_new(const char *path, const char *const *columns,
                    const MwTableWriterOptions *options, GError **error)
{
    MwTarget *target = mw_target_of_path(path, error);

    return target ? open_target(target, columns, options, error) : NULL;
}

MwTableWriter *
mw_table_writer_new_sink(MwTableSink sink, void *data, const char *const *columns,
                         const MwTableWriterOptions *options, GError **error)
{
    return open_target(mw_target_of_sink(sink, data), columns, options, error);
}

void
mw_table_writer_free(MwTableWriter *writer)
{
    if (!writer)
        return;
    if (writer->state)
        writer->formatter->free(writer->state);
    mw_target_free(writer->target);
    g_free(writer);
}

bool
mw_table_write(MwTableWriter *writer, const MwCell *cells, size_t n_cells, GError **error)
{
    return writer->formatter->write(writer->state, cells, n_cells, error);
}

bool
mw_table_writer_finish(MwTableWriter *writer, GError **error)
{
    return writer->formatter->finish(writer->state, error) &&
           mw_target_commit(writer->target, error);
}
