"""The codebook that a new installation begins with: causes of weak performance in sales, marketing, customer service and operations,
each at its place among causes (METHODS 8). Reviewers change it as they like; what is here is not read again afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from interviews.core.terms import Condition, Level


@dataclass(frozen=True)
class SeedTheme:
    """A theme: `definition` says when to use it and when not, `keywords` what people say."""

    code: str
    name: str
    level: Level
    condition: Condition
    definition: str
    keywords: tuple[str, ...]


def _theme(code: str, name: str, place: str, definition: str, keywords: str) -> SeedTheme:
    level, condition = place.split()
    return SeedTheme(code, name, Level(level), Condition(condition), definition, tuple(word.strip() for word in keywords.split(",")))


THEMES: tuple[SeedTheme, ...] = (
    # The organisation: what is set for everybody
    _theme(
        "strategy-not-shared",
        "Strategy not shared",
        "organisation information",
        "The direction of the organisation or the reasons for decisions do not reach people. Not for somebody's own numbers: "
        "Targets unclear.",
        "strategy, vision, direction of the company, big picture, where we are going, not told why, plans of the board, company goals",
    ),
    _theme(
        "customer-needs",
        "Customers' needs not known",
        "organisation information",
        "Nobody knows well enough what customers want, who they are or why they leave. Not for facts about one customer: Customer data.",
        "what customers want, customer research, survey, market research, customer feedback, guess, segments, why they leave, voice"
        " of the customer",
    ),
    _theme(
        "figures-trust",
        "Figures missing or not trusted",
        "organisation information",
        "Reports are missing, late, or contradict each other, so that decisions are not made by them.",
        "report, dashboard, figures, numbers do not agree, two numbers, measure, KPI, statistics, no data, reporting",
    ),
    _theme(
        "budget",
        "Budget",
        "organisation resources",
        "Money for advertising, tools, stock or travel is short, cut, or comes too late. Not for people: Too few people. Not for "
        "wages: Pay, recognition and prospects.",
        "budget, funding, spend, money for advertising, costs cut, savings, investment, no money, cut back",
    ),
    _theme(
        "staffing",
        "Too few people",
        "organisation resources",
        "Posts are vacant or too few for the work. Where the load on one person is what counts: Workload and stress.",
        "understaffed, short-staffed, vacancy, vacancies, open positions, headcount, not enough people, more staff, hiring freeze, "
        "hire, agents",
    ),
    _theme(
        "goals-conflict",
        "Goals that conflict",
        "organisation incentives",
        "Two teams are measured on aims that cannot both be reached, or that make one work against the other. Not for quarrels: "
        "Tension between teams.",
        "conflicting goals, different goals, misaligned, alignment, opposite targets, measured on different things, pull in "
        "different directions, competing targets, silo goals, own targets",
    ),
    _theme(
        "volume-over-quality",
        "Volume counts more than quality",
        "organisation incentives",
        "What is measured or praised is how much or how fast, so that how well suffers.",
        "quantity over quality, volume, number of calls, call length, handle time, speed counts, quick instead of good, measured on"
        " quantity, rushed",
    ),
    _theme(
        "priorities",
        "Too many priorities",
        "organisation capacity",
        "There is more started than can be finished, or what comes first changes all the time.",
        "priorities, priority, urgent, everything is important, focus, too many projects, firefighting, ad hoc, at the same time",
    ),
    _theme(
        "structure",
        "Structure and ownership",
        "organisation capacity",
        "How departments are cut makes the work harder, or nobody answers for the whole way of an order or a customer. Not for one "
        "person's tasks: Role unclear.",
        "structure, reporting line, hierarchy, silos, two bosses, centralised, head office, owner, ownership, responsible, "
        "responsibility, accountable, accountability, end to end, whole process, not my problem",
    ),
    _theme(
        "turnover",
        "People leave",
        "organisation capacity",
        "Experienced people leave so often that the work suffers.",
        "turnover, attrition, resign, resignation, quit, leave the company, leaving, notice, retention, retain, lose good people",
    ),
    _theme(
        "knowledge-kept",
        "Knowledge not kept or shared",
        "organisation knowledge",
        "What people know stays in their heads; it is lost when they go, and others learn it anew.",
        "knowledge base, documentation, written down, wiki, know-how, in their heads, lessons learned, share knowledge, best "
        "practice, reinvent the wheel",
    ),
    _theme(
        "leadership",
        "Leadership and trust",
        "organisation motives",
        "Those who lead are not present, do not listen, or are not trusted. Praise of those who lead belongs here too.",
        "manager, management, leadership, leader, boss, trust, listen, decide, support from above, micromanage, decisions",
    ),
    _theme(
        "between-teams",
        "Tension between teams",
        "organisation motives",
        "Teams blame each other or do not want to work together. Not for work that gets lost on the way: Handover between teams.",
        "blame, fingers pointed, conflict, us and them, departments fight, cooperation, collaboration, work together, teamwork, "
        "rivalry, tension, quarrel",
    ),
    # The world outside
    _theme(
        "demand",
        "Market and competitors",
        "organisation external",
        "Fewer people buy for reasons outside the organisation: the economy, the season, a competitor who is cheaper or better.",
        "market, demand, economy, recession, inflation, season, seasonal, buying power, shrinking market, competitor, competition, "
        "rival, undercut, market share, other providers, price war",
    ),
    _theme(
        "regulation",
        "Law and regulation",
        "organisation external",
        "A law, a licence or an authority limits or slows the work.",
        "law, legal, regulation, regulator, compliance, POPIA, GDPR, consent, licence, permit, customs, government, authority, tax",
    ),
    _theme(
        "power-cuts",
        "Load-shedding and power cuts",
        "process external",
        "The electricity supply fails. Not for one's own computers while there is power: Systems slow or down.",
        "load-shedding, load shedding, loadshedding, power cut, electricity, Eskom, generator, blackout, outage, no power, "
        "inverter, lights",
    ),
    _theme(
        "connectivity",
        "Internet and telephone lines",
        "process external",
        "The internet or telephone connection of a place fails or is slow. Not for the programs: Systems slow or down.",
        "internet, connection, connectivity, network, line, wifi, fibre, signal, offline, bandwidth, mobile data, coverage, telephone line",
    ),
    _theme(
        "supplier",
        "Suppliers and carriers",
        "process external",
        "Somebody outside delivers late, wrongly or not at all: suppliers, couriers, agencies, contractors.",
        "supplier, vendor, courier, carrier, agency, contractor, partner, third party, late delivery from, outsourced, shipping company",
    ),
    # Processes: work that goes through several hands
    _theme(
        "handover",
        "Handover between teams",
        "process information",
        "Work gets lost, waits or is done twice where it passes from one team to the next. Not for quarrels: Tension between teams.",
        "handover, hand over, handoff, pass on, passed to, falls between, falls through the cracks, between departments, who picks "
        "up, transfer, from marketing to sales, next team",
    ),
    _theme(
        "communication",
        "News between teams",
        "process information",
        "A team is not told in time of what others do: promotions, changes, delays. Not for news to customers: Customers not kept "
        "informed.",
        "communication, inform, informed, not told, last minute, find out, meeting, email, update, share information, out of the "
        "loop, in advance",
    ),
    _theme(
        "lead-feedback",
        "No feedback on leads",
        "process information",
        "Those who make leads do not learn what became of them. Not for feedback on a person's work: Feedback and coaching.",
        "feedback on leads, what happened to the leads, hear back, closed loop, result of leads, tell marketing, lost reasons, "
        "outcome, status of leads",
    ),
    _theme(
        "incomplete-requests",
        "Incomplete orders and requests",
        "process information",
        "Orders, briefs or tickets arrive without what is needed to do them.",
        "incomplete, missing information, details missing, brief, briefing, specification, ask back, wrong order form, unclear "
        "request, requirements",
    ),
    _theme(
        "data-quality",
        "Customer data",
        "process information",
        "Records of customers are wrong, doubled, out of date or empty.",
        "data quality, duplicates, outdated, out of date, wrong address, wrong number, contact details, records, database, fields "
        "empty, clean up",
    ),
    _theme(
        "procedure-missing",
        "No agreed procedure",
        "process information",
        "There is no common way to do the work, or the written one is not what is needed. Praise of clear procedures belongs here too.",
        "procedure, process, standard, checklist, guideline, manual, script, own way, everyone does it differently, no rules, "
        "workflow, playbook",
    ),
    _theme(
        "customer-informed",
        "Customers not kept informed",
        "process information",
        "Customers do not hear about the state of their order, a delay or a promise.",
        "customer not informed, status of the order, where is my order, delay not told, promise, expectation, notify, proactive, "
        "update customers, tracking",
    ),
    _theme(
        "crm-tools",
        "CRM and tools",
        "process resources",
        "The tools are missing, clumsy or do not fit the work. Not for tools that fail: Systems slow or down. Not for tools that "
        "people avoid: Tools not used.",
        "CRM, tool, tools, software, system, spreadsheet, Excel, app, user-friendly, by hand, manual work, on paper, automation, "
        "old system, clumsy",
    ),
    _theme(
        "systems-down",
        "Systems slow or down",
        "process resources",
        "Programs, computers or phones of the organisation are slow, crash or are not available.",
        "system down, crash, slow system, freeze, downtime, IT support, server, computer, error message, not available, hangs, bug",
    ),
    _theme(
        "systems-apart",
        "Systems that do not talk to each other",
        "process resources",
        "The same is entered twice, or copied by hand, because systems are not connected.",
        "integration, interface, not connected, enter twice, double entry, copy and paste, several systems, re-type, sync, switch "
        "between systems, two systems",
    ),
    _theme(
        "lead-quality",
        "Lead quality",
        "process resources",
        "Leads do not fit: wrong people, no need, no money, not ready. Not for their number: Too few leads. Not for whom "
        "advertising speaks to: Campaigns and channels.",
        "lead quality, bad leads, poor leads, unqualified, qualified, qualification, not interested, wrong contacts, junk leads, "
        "scoring, never buy, cold, no budget",
    ),
    _theme(
        "lead-volume",
        "Too few leads",
        "process resources",
        "There are not enough leads or enquiries to reach the goals. Not for those that do not fit: Lead quality.",
        "few leads, more leads, enquiries, pipeline, empty pipeline, number of leads, not enough leads, lead generation, prospects,"
        " traffic",
    ),
    _theme(
        "stock",
        "Stock and materials",
        "process resources",
        "What is needed to deliver is not there: goods, parts, packaging.",
        "stock, inventory, out of stock, warehouse, materials, spare parts, shortage, sold out, stock count, packaging, goods",
    ),
    _theme(
        "equipment",
        "Machines and vehicles",
        "process resources",
        "Machines, vehicles or devices are missing, old or break down.",
        "machine, equipment, vehicle, truck, forklift, breakdown, break down, maintenance, repair, printer, scanner, headset, "
        "laptop, device, spare",
    ),
    _theme(
        "campaign-fit",
        "Campaigns and channels",
        "process knowledge",
        "Advertising speaks to the wrong people, says the wrong thing or is in the wrong place. Not for the leads that come of it: "
        "Lead quality.",
        "campaign, advert, advertising, ads, channel, social media, message, audience, target group, targeting, brand, content, newsletter",
    ),
    _theme(
        "website",
        "Website and forms",
        "process resources",
        "Customers stop on the website, in the shop or in a form.",
        "website, landing page, web shop, online shop, form, checkout, page, click, navigation, loading, mobile site, chatbot",
    ),
    _theme(
        "offer-price",
        "Offer and price",
        "process resources",
        "What is sold, its price or its terms do not fit what customers want to pay for.",
        "price, pricing, expensive, offer, package, product range, terms, discount, quote, proposal, value for money, contract "
        "terms, delivery fee",
    ),
    _theme(
        "approvals",
        "Approvals",
        "process capacity",
        "Work waits for somebody to agree or sign.",
        "approval, approve, sign off, signature, sign, permission, authorise, authorisation, wait for the manager, red tape, "
        "bureaucracy, escalate",
    ),
    _theme(
        "bottleneck",
        "Bottleneck",
        "process capacity",
        "One step or one person holds everything up.",
        "bottleneck, choke point, holds up, stuck, queue in front of, only one person can, single person, piles up, wait for one, "
        "capacity of, slows everything",
    ),
    _theme(
        "slow-follow-up",
        "Slow follow-up",
        "process capacity",
        "Leads and offers are followed up late or never. Not for customers with a question: Response time.",
        "follow up, follow-up, call back, callback, contact the lead, speed to lead, late call, second call, forgotten, chase, "
        "reminder, gone cold, days later",
    ),
    _theme(
        "response-time",
        "Response time",
        "process capacity",
        "Customers wait too long for an answer. Not for leads: Slow follow-up. Not for old work that has piled up: Backlog.",
        "response time, waiting time, wait on hold, hold, answer calls, phone queue, first response, reply, hours to answer, long "
        "wait, abandoned calls, chat",
    ),
    _theme(
        "backlog",
        "Backlog",
        "process capacity",
        "Unfinished work has piled up and does not get less.",
        "backlog, pile, piled up, unanswered, overdue, arrears, catch up, open tickets, old cases, behind, queue of work",
    ),
    _theme(
        "planning",
        "Planning and forecast",
        "process capacity",
        "Work, stock or people are not planned ahead, or the forecast is wrong.",
        "planning, plan ahead, forecast, forecasting, schedule, scheduling, unpredictable, peaks, capacity planning, short notice, "
        "calendar, deadlines",
    ),
    _theme(
        "delivery",
        "Late or failed deliveries",
        "process capacity",
        "Our own deliveries or services come late or not as promised. Where a carrier outside is the reason: Suppliers and carriers.",
        "delivery, deliver, late delivery, on time, delayed, dispatch, route, driver, lead time, shipment, installation, service visit",
    ),
    _theme(
        "repeat-contacts",
        "Not solved the first time",
        "process knowledge",
        "Customers must come back because their matter was not settled.",
        "first contact resolution, call again, repeat calls, not solved, resolved, same problem, reopened, complaint, come back, "
        "root cause, transferred",
    ),
    _theme(
        "quality-rework",
        "Errors and rework",
        "process knowledge",
        "Work has to be done again because it was wrong.",
        "error, mistake, rework, redo, wrong, defect, returns, quality control, check, inspection, damaged, correct, do it again, faulty",
    ),
    # The job: what one person has, knows and wants
    _theme(
        "targets-unclear",
        "Targets unclear",
        "job information",
        "People do not know what they are to reach, or it changes under way. Not for aims that clash: Goals that conflict.",
        "target, targets, quota, unclear targets, what is expected, expectations, number to reach, goal, unrealistic, moving "
        "target, changes every month",
    ),
    _theme(
        "role-unclear",
        "Role unclear",
        "job information",
        "People do not know what is their task and what is somebody else's.",
        "role, job description, my task, who does what, my job, overlap, duties, not sure who, unclear role, tasks of others",
    ),
    _theme(
        "coaching",
        "Feedback and coaching",
        "job information",
        "People do not hear how well they work, or have nobody who helps them to do better.",
        "feedback, coaching, coach, mentor, one-to-one, appraisal, performance review, listen to calls, how am I doing, supervisor,"
        " guidance",
    ),
    _theme(
        "commission",
        "Commission and bonus",
        "job incentives",
        "What people earn by results makes them do the wrong thing, or does not reward the right one.",
        "commission, bonus, incentive, incentives, incentive scheme, reward, rewarded, variable pay, earn more, prize, per deal",
    ),
    _theme(
        "recognition",
        "Pay, recognition and prospects",
        "job incentives",
        "Wages feel too low or unfair, good work is not seen, or there is no way up. Not for what depends on results: Commission "
        "and bonus.",
        "pay, salary, wage, wages, underpaid, raise, benefits, recognition, appreciate, thank, praise, notice, valued, good work, "
        "career, prospects, growth, move up, dead end, opportunity",
    ),
    _theme(
        "training",
        "Training and a good start",
        "job knowledge",
        "People are not taught what their work and their tools need, or newcomers are left alone. Not for one's product: Product "
        "knowledge.",
        "training, train, trained, course, workshop, e-learning, learn, lack of skills, skill gap, refresher, onboarding, newcomer,"
        " new employee, induction, first weeks, computer skills, use the system, how to use, never shown",
    ),
    _theme(
        "product-knowledge",
        "Product knowledge",
        "job knowledge",
        "People do not know enough about what they sell or support.",
        "product knowledge, know the product, technical questions, product details, features, explain the product, new products, "
        "specifications, ask an expert",
    ),
    _theme(
        "selling-skills",
        "Selling skills",
        "job knowledge",
        "People lack the craft of selling: asking, presenting, negotiating, closing.",
        "selling, sales skills, closing, close the deal, negotiate, negotiation, objections, pitch, presentation, cold calling, "
        "upsell, discovery",
    ),
    _theme(
        "service-skills",
        "Dealing with customers",
        "job knowledge",
        "How people speak with customers: listening, tone, language, handling complaints. Praise of friendly service belongs here too.",
        "customer care, friendly, tone, rude, empathy, angry customer, difficult customer, complaint handling, listen, language, "
        "polite, patience",
    ),
    _theme(
        "workload",
        "Workload and stress",
        "job capacity",
        "One person has more to do than can be done, or the pressure makes people ill. Where posts are missing: Too few people.",
        "workload, overload, overloaded, overtime, too much work, cases per person, long hours, cannot cope, weekend work, stress, "
        "pressure, burnout, sick, exhausted, meetings, paperwork, no time",
    ),
    _theme(
        "rosters",
        "Shifts and rosters",
        "job capacity",
        "People are not at work when the work is there.",
        "shift, shifts, roster, rota, working hours, peak hours, lunch break, night shift, weekend, leave planning, absent, absence",
    ),
    _theme(
        "motivation",
        "Motivation",
        "job motives",
        "People have lost the will to do more than they must. Praise of a keen team belongs here too.",
        "motivation, motivated, morale, demotivated, energy, enthusiasm, commitment, care, do the minimum, given up, attitude, "
        "engaged, team spirit, proud",
    ),
    _theme(
        "tools-not-used",
        "Tools not used",
        "job motives",
        "There is a tool or a procedure and people go round it.",
        "not used, adoption, refuse, ignore, workaround, work around, bypass, own spreadsheet, do not enter, log calls, old habits,"
        " not updated in the CRM",
    ),
)
