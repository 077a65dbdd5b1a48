"""What the bot does when something happens: one module or package for each trigger, all of them blind to platforms.

The time of a morning (`morning`), a listing (`listing`), a vote (`reaction`, then `learning`), a question (`ask`), a
command (`commands`), an invitation (`onboarding`), a restart (`recovery`), another topics file (`topics_file`), the end
of a week (`weekly`), a list to import (`importing`), something wrong (`alarms`). What they share: `environment`, how a
channel stands (`standing`), what the archive knows (`archive`), the topics that a list's papers belong to (`sections`).
"""
