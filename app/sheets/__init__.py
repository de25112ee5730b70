"""Sheets: lists as files that people open in Excel, and such files as they come back.

Out: `columns` reads off an item's own model what a row of it says, `headings` has the words above the
columns, `csv_file` and `workbook` write them.

In: `archive` opens the zip that a workbook is, `xml_events` reads its XML and keeps none, `package` knows
its parts, `xlsx_rows` and `csv_rows` give its rows; `table` finds the headings, `no_table` says why there
are none, `numbering` finds the row that numbers the columns, `units` what is said there of the unit of
amounts; `values` and `days` say what a cell means, `worded` what a number with words may, `old_fonts` what
a text looks like; `drafts` keeps what the rows say until they are judged. What the fields are is told to
these rooms: none of them knows what an activity is.
"""
