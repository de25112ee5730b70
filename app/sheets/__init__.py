"""Sheets: lists as files that people open in Excel.

`columns` reads off an item's own model what a row of it says, `headings` has the words above the columns,
`csv_file` and `workbook` write them. Knows no database and no HTTP.
"""
