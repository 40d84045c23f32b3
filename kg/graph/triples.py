"""What a document states, as triples: one small function for each kind of thing in a plan."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import TypeVar

from rdflib import DCTERMS, RDFS, SKOS, Graph, Literal, URIRef

from kg.graph import iris
from kg.graph.page import Page, decimal, integer, plain, zh
from kg.graph.vocabulary import ZR
from kg.plan import (
    Assignment,
    Basis,
    Campaign,
    Declaration,
    Duty,
    Item,
    Mode,
    Organization,
    Plan,
    Policy,
    Role,
    Section,
    Target,
    Task,
)

_AGENT = {
    Role.LEAD: ZR.leadAgent,
    Role.RESPONSIBLE: ZR.responsibleAgent,
    Role.ASSIST: ZR.assistAgent,
    Role.PARTICIPATE: ZR.participantAgent,
    Role.GUIDE: ZR.guideAgent,
    Role.SUPERVISE: ZR.supervisorAgent,
}
_ROLE = {
    Role.LEAD: ZR.Lead,
    Role.RESPONSIBLE: ZR.Responsible,
    Role.ASSIST: ZR.Assist,
    Role.PARTICIPATE: ZR.Participate,
    Role.GUIDE: ZR.Guide,
    Role.SUPERVISE: ZR.Supervise,
}
_MODE = {Mode.SOLE: ZR.Sole, Mode.LED: ZR.Led, Mode.SHARED: ZR.Shared, Mode.LISTED: ZR.Listed}
_BASIS = {
    Basis.STATED: ZR.Stated,
    Basis.DECLARED: ZR.Declared,
    Basis.IN_SENTENCE: ZR.InSentence,
    Basis.CORRECTED: ZR.Corrected,
}

_Kind = TypeVar("_Kind", Target, Duty)


def stated_graph(plan: Plan, base: str = iris.DEFAULT_BASE) -> Graph:
    """Return everything that the plan states, without blank nodes: the graph that bears the document's IRI."""
    page = Page(plan, base)
    _document(page)
    for position, section in enumerate(plan.sections, start=1):
        _section(page, section, position)
    for item in plan.items:
        _item(page, item)
    for position, task in enumerate(plan.tasks, start=1):
        _task(page, task, position)
    for organization, printed in _organizations(plan):
        _organization(page, organization, printed)
    for policy in plan.policies:
        _policy(page, policy)
    for campaign in plan.campaigns:
        _campaign(page, campaign)
    for target, node in _numbered(page, plan.targets, "target"):
        _target(page, target, node)
    for duty, node in _numbered(page, plan.duties, "duty"):
        _duty(page, duty, node)
    for number, declaration in enumerate(plan.declarations, start=1):
        _declaration(page, declaration, number)
    return page.graph


def _document(page: Page) -> None:
    plan = page.plan
    page.say(
        page.document,
        ZR.WorkPlan,
        (DCTERMS.title, zh(plan.title)),
        (RDFS.label, zh(plan.title)),
        (ZR.text, Literal(plan.text)),
        (ZR.status, plain(plan.status)),
        (ZR.year, None if plan.year is None else integer(plan.year)),
        (ZR.jurisdiction, _place(page, plan.place)),
        (ZR.issuer, plain(plan.issuer)),
        (ZR.documentNumber, plain(plan.document_number)),
        (ZR.contentHash, Literal(sha256(plan.text.encode("utf-8")).hexdigest())),
        # A document without a title of its own is called after its file, and no passage says so.
        (ZR.evidence, page.passage(plan.title_span) if plan.title_span.start < plan.title_span.end else None),
    )


def _place(page: Page, code: str | None) -> URIRef | None:
    if code is None:
        return None
    return page.say(URIRef(page.names.place(code)), ZR.Place, (ZR.code, Literal(code)))


def _section(page: Page, section: Section, position: int) -> None:
    page.say(
        page.section(section.id),
        ZR.Section,
        (ZR.id, Literal(section.id)),
        (ZR.number, Literal(section.number)),
        (DCTERMS.title, zh(section.title)),
        (RDFS.label, zh(" ".join(page.plan.quote(section.heading).split()))),
        (ZR.level, integer(section.level)),
        (ZR.position, integer(position)),
        (ZR.partOf, page.section(section.parent)),
        (ZR.evidence, page.passage(section.heading)),
    )


def _item(page: Page, item: Item) -> None:
    page.say(
        URIRef(iris.item(page.document, item.id)),
        ZR.Item,
        (ZR.id, Literal(item.id)),
        (ZR.number, Literal(item.number)),
        (ZR.position, integer(item.position)),
        (ZR.text, Literal(page.plan.quote(item.span))),
        (ZR.partOf, page.section(item.section)),
        (ZR.evidence, page.passage(item.span)),
    )


def _task(page: Page, task: Task, position: int) -> None:
    node = page.say(
        page.task(task.id),
        ZR.Task,
        (ZR.id, Literal(task.id)),
        (ZR.code, Literal(task.code)),
        (RDFS.label, Literal(task.code)),
        (ZR.ordinal, integer(task.ordinal)),
        (ZR.position, integer(position)),
        (ZR.text, Literal(page.plan.quote(task.span))),
        (ZR.mode, _MODE[task.mode] if task.mode else None),
        (ZR.partOf, URIRef(iris.item(page.document, task.item))),
        (ZR.evidence, page.passage(task.span)),
        (ZR.statement, page.passage(task.statement) if task.statement else None),
    )
    for number, assignment in enumerate(task.assignments, start=1):
        _assignment(page, task, node, assignment, number)


def _assignment(page: Page, task: Task, node: URIRef, assignment: Assignment, number: int) -> None:
    stands = task.statement if task.statement and assignment.basis is not Basis.IN_SENTENCE else None
    page.say(
        URIRef(iris.numbered(node, "a", number)),
        ZR.Assignment,
        (ZR.ofTask, node),
        (_AGENT[assignment.role], URIRef(page.names.organization(assignment.organization.key))),
        (ZR.role, _ROLE[assignment.role]),
        (ZR.basis, _BASIS[assignment.basis]),
        (ZR.asWritten, Literal(assignment.name)),
        (ZR.position, integer(number)),
        (ZR.evidence, page.passage(stands or task.span)),
        (ZR.inStatement, page.passage(stands) if stands else None),
    )


def _organizations(plan: Plan) -> Iterator[tuple[Organization, str]]:
    """Yield every organisation with each name that the document prints for it."""
    for task in plan.tasks:
        yield from ((assignment.organization, assignment.name) for assignment in task.assignments)
    for duty in plan.duties:
        if duty.actor and duty.actor_organization:
            yield duty.actor_organization, duty.actor
        for name, organization in (*duty.recipients, *duty.copies):
            yield organization, name


def _organization(page: Page, organization: Organization, printed: str) -> None:
    page.say(
        URIRef(page.names.organization(organization.key)),
        ZR.Collective if organization.collective else ZR.Organization,
        (SKOS.prefLabel, zh(organization.name)),
        (RDFS.label, zh(organization.name)),
        (SKOS.altLabel, zh(printed) if printed != organization.name else None),
        (ZR.kind, plain(organization.kind)),
        (ZR.function, _function(page, organization.function)),
        (ZR.jurisdiction, _place(page, organization.jurisdiction)),
        (ZR.generic, Literal(True) if organization.generic else None),
    )


def _function(page: Page, name: str | None) -> URIRef | None:
    """State a function by its name: the lexicon may know one that `concepts.ttl` does not describe yet."""
    if name is None:
        return None
    return page.say(
        URIRef(page.names.function(name)), SKOS.Concept, (SKOS.inScheme, ZR.functions), (SKOS.prefLabel, zh(name))
    )


def _policy(page: Page, policy: Policy) -> None:
    node = page.say(
        URIRef(page.names.policy(policy.name)),
        ZR.PolicyDocument,
        (DCTERMS.title, zh(policy.name)),
        (RDFS.label, zh(policy.name)),
        (ZR.evidence, page.passage(policy.span)),
    )
    page.also(page.document, (ZR.implements if policy.implements else ZR.cites, node))
    if policy.task:
        page.also(page.task(policy.task), (ZR.cites, node))
    elif policy.section:
        page.also(page.section(policy.section), (ZR.cites, node))


def _campaign(page: Page, campaign: Campaign) -> None:
    node = page.say(
        URIRef(page.names.campaign(campaign.name)),
        ZR.Campaign,
        (SKOS.prefLabel, zh(campaign.name)),
        (RDFS.label, zh(campaign.name)),
        (ZR.evidence, page.passage(campaign.span)),
    )
    for path in campaign.tasks:
        page.also(page.task(path), (ZR.underCampaign, node))
    for path in campaign.sections:
        page.also(page.section(path), (ZR.underCampaign, node))


def _numbered(page: Page, things: tuple[_Kind, ...], kind: str) -> Iterator[tuple[_Kind, URIRef]]:
    """Yield targets or duties with their IRI, numbered from 1 within their task (their item, where it has none)."""
    counts: dict[URIRef, int] = {}
    for thing in things:
        holder = page.task(thing.task) if thing.task else URIRef(iris.item(page.document, thing.item))
        counts[holder] = counts.get(holder, 0) + 1
        yield thing, URIRef(iris.numbered(holder, kind, counts[holder]))


def _target(page: Page, target: Target, node: URIRef) -> None:
    page.say(
        node,
        ZR.Target,
        (ZR.indicator, Literal(target.indicator)),
        (ZR.comparator, Literal(target.comparator)),
        (ZR.change, plain(target.change)),
        (ZR.value, decimal(target.value)),
        (ZR.unit, plain(target.unit)),
        (ZR.scope, plain(target.scope)),
        (ZR.evidence, page.passage(target.span)),
        (ZR.partOf, None if target.task else URIRef(iris.item(page.document, target.item))),
    )
    if target.task:
        page.also(page.task(target.task), (ZR.hasTarget, node))


def _duty(page: Page, duty: Duty, node: URIRef) -> None:
    actor = duty.actor_organization
    page.say(
        node,
        ZR.Duty,
        (ZR.kind, Literal(duty.kind)),
        (ZR.actor, URIRef(page.names.organization(actor.key)) if actor else None),
        (ZR.action, Literal(duty.action)),
        (ZR.due, Literal(duty.due) if duty.due else None),
        (ZR.dueAsWritten, plain(duty.due_as_written)),
        (ZR.precision, Literal(duty.precision)),
        (ZR.yearInferred, Literal(duty.year_inferred)),
        (ZR.evidence, page.passage(duty.span)),
        (ZR.partOf, None if duty.task else URIRef(iris.item(page.document, duty.item))),
    )
    for _, organization in duty.recipients:
        page.also(node, (ZR.recipient, URIRef(page.names.organization(organization.key))))
    for _, organization in duty.copies:
        page.also(node, (ZR.copyTo, URIRef(page.names.organization(organization.key))))
    if duty.task:
        page.also(page.task(duty.task), (ZR.hasDuty, node))


def _declaration(page: Page, declaration: Declaration, number: int) -> None:
    node = page.say(
        URIRef(iris.numbered(page.document, "declaration", number)),
        ZR.Declaration,
        (ZR.kind, Literal(declaration.kind)),
        (ZR.text, Literal(page.plan.quote(declaration.span))),
        (ZR.evidence, page.passage(declaration.span)),
    )
    page.also(page.document, (ZR.declares, node))
    for task in page.plan.tasks:
        if any(span and span.contains(declaration.span) for span in (task.span, task.statement)):
            page.also(page.task(task.id), (ZR.declares, node))
