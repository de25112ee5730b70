# The peer on Redmine: a task is an issue, an activity is a time entry on it. Run by rails runner; prints the key.
require "json"
agencies, tasks, assignments, size = JSON.parse(File.read(ENV.fetch("BENCHMARK_PLAN")))
Setting.rest_api_enabled = "1"
Setting.notified_events = []
admin = User.find_by!(login: "admin")
project = Project.create!(name: "ttdn-2023", identifier: "ttdn-2023", is_public: true, trackers: Tracker.all)
bodies = agencies.to_h do |agency|
  [agency["id"], IssueCategory.create!(project: project, name: agency["code"][0, 60])]
end
leads = assignments.group_by { |duty| duty["task_id"] }
issues = tasks.map do |task|
  Issue.create!(project: project, tracker: Tracker.first, author: admin, status: IssueStatus.first,
                priority: IssuePriority.first, start_date: nil, due_date: task["due_on"], subject: task["title_vi"][0, 255],
                description: task["title_en"], category: bodies[leads.fetch(task["id"], [{}]).first["agency_id"]])
end
kind = TimeEntryActivity.first
size.times do |number|
  TimeEntry.create!(project: project, issue: issues[number % issues.size], user: admin, author: admin, hours: 1,
                    activity: kind, spent_on: Date.new(2023, 1, 1) + number % 365, comments: "Tin #{number}")
end
puts JSON.generate(key: admin.api_key, issues: issues.map(&:id), activity: kind.id)
