"""What a Jira site has, held against the mappings: decided from values alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.core.model import Severity
from connector.doctor.checks import Check, fine, lesser, or_fine, skipped, wrong
from connector.doctor.screens import screen_checks
from connector.errors import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.core.mapping import Mappings
    from connector.core.routing import Route
    from connector.ports import ProjectFacts, TrackerFacts

_NEEDED = {
    "BROWSE_PROJECTS": "Browse Projects",
    "CREATE_ISSUES": "Create Issues",
    "EDIT_ISSUES": "Edit Issues",
    "ADD_COMMENTS": "Add Comments",
    "LINK_ISSUES": "Link Issues",
}
_SHOWN = 12


def projects_of(mappings: Mappings) -> tuple[str, ...]:
    """Every project that a route names, each once."""
    return tuple(dict.fromkeys(r.project for r in mappings.routing.routes if r.project))


def assignees_of(mappings: Mappings) -> tuple[str, ...]:
    return tuple(dict.fromkeys(r.assignee for r in mappings.routing.routes if r.assignee))


def deployment_checks(facts: TrackerFacts, deployment: str) -> Iterator[Check]:
    if facts.deployment in {None, deployment}:
        yield fine("jira.deployment.wrong", "deployment", deployment)
        return
    yield wrong(
        "jira.deployment.wrong",
        "config.toml: jira.deployment",
        f"is {deployment!r}, but Jira says that it is {facts.deployment}",
        f'Set deployment = "{facts.deployment}" in [jira].',
    )


def project_checks(
    facts: TrackerFacts, mappings: Mappings, known: Mapping[str, str]
) -> Iterator[Check]:
    """`known`: the projects that we can see, their names by key."""

    def missing() -> Iterator[Check]:
        for n, route in enumerate(mappings.routing.routes):
            if route.project and route.project not in facts.projects:
                names = ", ".join(sorted(known)[:_SHOWN]) or "none"
                yield wrong(
                    "jira.project.missing",
                    f"routing.toml: routes[{n}].project ({route.target})",
                    f"there is no project {route.project!r} that this account can see."
                    f"{did_you_mean(route.project, known)}",
                    "Make the project, give this account Browse Projects in it, or name another. "
                    f"It can see: {names}.",
                )

    seen = ", ".join(sorted(facts.projects))
    yield from or_fine(missing(), "jira.project.missing", "projects", seen)
    for key, project in facts.projects.items():
        if project.kind == "service_desk":
            yield wrong(
                "jira.service_desk_project",
                f"project {key}",
                "is a service project: its customers may see its issues in a portal",
                "Use a software or business project. Comments are written as internal ones there, "
                "but summaries and descriptions are not hidden.",
            )


def permission_checks(facts: TrackerFacts, mappings: Mappings) -> Iterator[Check]:
    def missing() -> Iterator[Check]:
        for key, project in facts.projects.items():
            routes = [route for route in mappings.routing.routes if route.project == key]
            lacking = [
                name
                for right, name in _rights(routes).items()
                if not project.allowed.get(right, False)
            ]
            if lacking:
                yield wrong(
                    "jira.permission.missing",
                    f"project {key}",
                    f"this account may not: {', '.join(lacking)}",
                    f"Grant these to the service user in the permission scheme of {key}.",
                )
            if not project.allowed.get("TRANSITION_ISSUES", False):
                found = wrong(
                    "jira.permission.missing",
                    f"project {key}",
                    "this account may not: Transition Issues. Nothing is moved by it, but neither "
                    "can it see whether issues can be closed",
                    f"Grant it to the service user in the permission scheme of {key}.",
                )
                yield lesser(found)

    about, told = "rights", f"as needed in {', '.join(sorted(facts.projects)) or 'no project'}"
    yield from or_fine(missing(), "jira.permission.missing", about, told)


def _rights(routes: Sequence[Route]) -> dict[str, str]:
    rights = dict(_NEEDED)
    if any(route.assignee for route in routes):
        rights["ASSIGN_ISSUES"] = "Assign Issues"
    if any(route.security_level for route in routes):
        rights["SET_ISSUE_SECURITY"] = "Set Issue Security"
    return rights


def route_checks(facts: TrackerFacts, mappings: Mappings, *, cloud: bool) -> Iterator[Check]:
    """Issue types, and what each route's issues carry."""
    seen = [
        (f"routing.toml: routes[{n}]", route, facts.projects[route.project])
        for n, route in enumerate(mappings.routing.routes)
        if route.project is not None and route.project in facts.projects
    ]
    types = (
        check for place, route, project in seen for check in _issue_type(place, route, project)
    )
    yield from or_fine(types, "jira.issue_type.missing", "issue types", _types(seen))
    with_screen = [one for one in seen if one[1].issue_type in (one[2].screens or {})]
    screens = (
        check
        for place, route, project in with_screen
        for check in screen_checks(
            place, route, (project.screens or {})[route.issue_type], mappings, cloud=cloud
        )
    )
    if with_screen:
        told = f"hold all that is filled: {_types(with_screen)}"
        yield from or_fine(screens, "jira.field.not_on_screen", "create screens", told)
    values = (
        check
        for place, route, project in seen
        for part in (_components, _level)
        for check in part(place, route, project)
    )
    yield from values
    yield from _priorities(facts, mappings, seen)
    for place, route, _ in seen:
        if route.assignee and route.assignee not in facts.people:
            yield wrong(
                "jira.assignee.missing",
                f"{place}.assignee",
                f"Jira knows nobody {route.assignee!r}",
                "Cloud takes an account id, Data Center a user name; or take the line out.",
            )


def _types(seen: Sequence[tuple[str, Route, ProjectFacts]]) -> str:
    return ", ".join(sorted({f"{project.key} {route.issue_type}" for _, route, project in seen}))


def _issue_type(place: str, route: Route, project: ProjectFacts) -> Iterator[Check]:
    if project.screens is None:
        why = f"without the right to create issues in {project.key} nobody is told"
        yield skipped("jira.issue_type.missing", f"{place}.issue_type", why)
    elif route.issue_type not in project.screens:
        yield wrong(
            "jira.issue_type.missing",
            f"{place}.issue_type",
            f"{project.key} has no issue type {route.issue_type!r}."
            f"{did_you_mean(route.issue_type, project.screens)}",
            f"Name one of: {', '.join(project.screens) or 'there is none'}; or add the type to "
            "the project.",
        )


def _components(place: str, route: Route, project: ProjectFacts) -> Iterator[Check]:
    for name in route.components:
        if name not in project.components:
            has = ", ".join(project.components[:_SHOWN]) or "none"
            yield wrong(
                "jira.component.missing",
                f"{place}.components",
                f"{project.key} has no component {name!r}.{did_you_mean(name, project.components)}",
                f"Make it in the project's settings, or name one of: {has}.",
            )


def _level(place: str, route: Route, project: ProjectFacts) -> Iterator[Check]:
    level = route.security_level
    if level is None or project.levels is None or level in project.levels:
        if level is not None:
            state = "exists" if project.levels is not None else "is set; Jira does not list levels"
            about = f"{place}.security_level"
            yield fine("jira.security_level.unreadable", about, f"{level!r} {state}")
        return
    screen = (project.screens or {}).get(route.issue_type, ())
    offered = {name for field in screen if field.key == "security" for name in field.options}
    if level in offered:
        yield wrong(
            "jira.security_level.unreadable",
            f"{place}.security_level",
            f"this account does not see issues of the level {level!r}: it would lose sight of "
            "what it makes",
            f"Add the service user to the level {level!r} of the security scheme of {project.key}.",
        )
        return
    yield wrong(
        "jira.security_level.missing",
        f"{place}.security_level",
        f"{project.key} has no level {level!r}.{did_you_mean(level, project.levels)}",
        f"Add it to the security scheme, or name one of: {', '.join(project.levels) or 'none'}.",
    )


def _priorities(
    facts: TrackerFacts, mappings: Mappings, seen: Sequence[tuple[str, Route, ProjectFacts]]
) -> Iterator[Check]:
    def missing() -> Iterator[Check]:
        told = set[tuple[str, str]]()
        for place, route, project in seen:
            known = _priorities_of(route, project) or facts.priorities
            for severity in route.when.severity or tuple(Severity):
                own = route.priority.get(severity)
                name = own or mappings.severity.jira_priority.get(severity)
                where = f"{place}.priority" if own else "severity.toml: jira_priority"
                if name is None or name in known or (f"{where}.{severity}", name) in told:
                    continue
                told.add((f"{where}.{severity}", name))
                yield wrong(
                    "jira.priority.missing",
                    f"{where}.{severity}",
                    f"{project.key} has no priority {name!r}.{did_you_mean(name, known)}",
                    f"Name one of: {', '.join(known) or 'there is none'}.",
                )

    yield from or_fine(missing(), "jira.priority.missing", "priorities", "all of the mappings'")


def _priorities_of(route: Route, project: ProjectFacts) -> tuple[str, ...]:
    screen = (project.screens or {}).get(route.issue_type, ())
    return next((field.options for field in screen if field.key == "priority"), ())


def status_checks(facts: TrackerFacts, mappings: Mappings) -> Iterator[Check]:
    """Whether status.toml says what each status and resolution means, and issues can end."""
    decide = mappings.status.decide
    resolutions = (None, *facts.resolutions)

    def unmapped() -> Iterator[Check]:
        unknown = set[str]()
        for key, project in facts.projects.items():
            for status in project.statuses:
                known = resolutions if status.category == "done" else (None,)
                means = {r: decide(status.category, status.name, r) for r in known}
                if not any(means.values()):
                    yield _unmapped(key, status.name, status.category)
                elif status.category == "done":
                    unknown |= {r for r, rule in means.items() if r is not None and rule is None}
        for resolution in sorted(unknown):
            yield wrong(
                "jira.resolution.unmapped",
                f"resolution {resolution!r}",
                "no rule of status.toml says what it means: such an issue changes nothing in "
                "Zendesk",
                f'Add a rule: category = ["done"], resolution = ["{resolution}"], a state, a note.',
            )

    about, told = (
        "statuses",
        f"all of {', '.join(sorted(facts.projects)) or 'no project'} mean something",
    )
    yield from or_fine(unmapped(), "jira.status.unmapped", about, told)
    for key, project in facts.projects.items():
        yield from _ending(key, project)


def _unmapped(project: str, status: str, category: str) -> Check:
    return wrong(
        "jira.status.unmapped",
        f"status {status!r} of {project}",
        f"no rule of status.toml says what it means (category {category})",
        f'Add a rule: category = ["{category}"], status = ["{status}"], a state and a note.',
    )


def _ending(key: str, project: ProjectFacts) -> Iterator[Check]:
    about = f"transitions of {key}"
    if project.ends:
        yield fine("jira.transition.missing", about, "an open issue can be closed")
    elif project.ends is None:
        why = "no open issue to look at yet"
        if not project.allowed.get("TRANSITION_ISSUES", False):
            why = "needs the right Transition Issues"
        yield skipped("jira.transition.missing", about, why)
    else:
        yield wrong(
            "jira.transition.missing",
            about,
            "no transition without required fields leads from an open issue to a status of the "
            "category done, as far as this account is shown",
            "See whether the workflow's conditions let its team close issues; escalations end "
            "when their issue does.",
        )
