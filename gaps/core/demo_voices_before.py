"""What people said in the demo's closed review. Everybody and every sentence is invented. How to read the marks: `demo_coding`."""

from __future__ import annotations

from gaps.core.demo_coding import FRONT_LINE, LEAD, WRITTEN, voice

BEFORE = (
    voice(
        "Acacia",
        "Retail Sales",
        LEAD,
        108,
        quotable=True,
        said="""
well: {Leads are good, we close every fourth one|+lead-quality @Marketing: Lead quality}. The team knows the courses and likes to talk
    about them.
slow: {Orders have to be explained twice to Operations|-*handover @Sales}. First by mail, and then by phone because the mail was not read.
goals: {We are where we should be|+targets-unclear @Sales: Conversion rate}. A little above it in some weeks, a little below in others.
better: One form for all orders. I would give up two of my own columns for that.
""",
    ),
    voice(
        "Bushwillow",
        "Corporate Sales",
        FRONT_LINE,
        105,
        said="""
well: {We know our customers|+motivation}. Some of them I have visited for eight years.
slow: {Signatures for a contract take weeks|-approvals @Corporate Sales: Sales cycle}. I once brought the pen along.
goals: {What we promise is not handed over properly, we do it in the corridor|-handover @Sales}. If I am ill, nobody has been in that
    corridor.
better: A list of who may sign. It need not be long. One page, on the wall.
""",
    ),
    voice(
        "Coral Tree",
        "Digital Marketing",
        LEAD,
        104,
        quotable=True,
        said="""
well: {Advertising pays, every rand brings more than four|+*motivation @Marketing: Return on ad spend}. That is more than I was promised
    when I took over.
slow: {A text needs five people to say yes|-approvals @Marketing}. By the fifth one it says something else.
leads: {For the winter we were asked for more names, whatever they are|-volume-over-quality @Marketing}. I said that it would show later.
    We will see.
better: Fewer signatures, two are enough. {And I would like to know who at Sales takes a lead when I let go of it|-handover @Sales}.
""",
    ),
    voice(
        "Dassie",
        "Contact Centre",
        FRONT_LINE,
        101,
        consent=WRITTEN,
        quotable=True,
        said="""
day: Phones, mostly. {We help each other out|+motivation}.
slow: {People wait too long for a first answer, half of a week some of them|-*response-time @Customer Service: First response time}. By
    then they have written three more times and I answer all four.
goals: {It is getting better since we clear the mailbox in the mornings|~response-time @Customer Service: First response time}. Some days
    it works, on Mondays it does not.
begins: {Sales says one thing and we read another|-handover @Sales}. Nobody lies. They just do not write it down.
""",
    ),
    voice(
        "Eland",
        "Training Delivery",
        LEAD,
        99,
        said="""
well: {Good trainers, good marks|+service-skills @Training Delivery: Course evaluation}. One of them has taught here for eleven years and
    still prepares every lesson.
slow: {We hear of special wishes on the first morning|-handover @Sales}. A learner asks for the large print, and that is how I hear of it.
goals: {Learners finish|+service-skills @Training Delivery: Learner completion rate}. Those who stop tell us why, and mostly it is money.
better: Ask us before you sell an extra. We nearly always say yes. We only want to know.
""",
    ),
    voice(
        "Francolin",
        "Logistics",
        LEAD,
        97,
        quotable=True,
        said="""
well: {We are on time, nearly always|+*motivation @Operations: On-time delivery}. The boards are green and I keep them clean.
slow: {Forms that are half empty|-*handover @Sales}. I send them back. They come again with the other half empty.
goals: On time, and cheap. {Couriers have become dear|-supplier @Operations: Cost per order < #supplier}.
queue: At the printer, but it moves. If there are many more orders, it will not.
""",
    ),
)
