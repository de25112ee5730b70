"""Plans as data, and the door by which they enter the service.

`*.json` are plans in the format of docs/plan-format.md; `format` reads and checks such a file;
`loader` carries it through the services, as the plan's secretariat.
"""
