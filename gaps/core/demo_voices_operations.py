"""What people of Operations say in the demo. Everybody and every sentence is invented. How to read the marks: `demo_coding`.

Nobody speaks of the error rate, which has failed its goal for years: the silence is part of the story.
"""

from __future__ import annotations

from gaps.core.demo_coding import DRAFT, FRONT_LINE, HEAD, LEAD, WRITTEN, voice

OPERATIONS = (
    voice(
        "Harbour",
        "Operations",
        HEAD,
        18,
        name="Priya Demo",
        consent=WRITTEN,
        quotable=True,
        said="""
well: {The courses themselves run well, learners finish what they begin|+*service-skills @Training Delivery: Learner completion rate}. I
    would not touch that.
slow: {Everything waits before print and pack|-*bottleneck @Operations: Process cycle time}. We bought a faster sorter and it waits there
    too.
goals: From order to dispatch we were at five days and we are at seven. {The whole process has become longer, and most of it is
    standing|-bottleneck @Operations: Process cycle time < Logistics: Queue at the bottleneck}.
others: {Orders reach us without the date that was promised, without the number of learners, without a contact|-*handover @Sales}. We phone
    back for every third one.
late: {We deliver late when Sales promises a day without asking us|-*delivery @Operations: On-time delivery < Sales}. And when the queue is
    long, of course.
why: Process. Perhaps one machine too few. {I asked for a second line twice and was told to wait for the budget|-equipment @Logistics}.
better: A second shift at print and pack for three months, and an order form that cannot be sent half empty. The second one costs us
    nothing but a decision.
""",
    ),
    voice(
        "Yellowwood",
        "Training Delivery",
        LEAD,
        15,
        name="Anele Example",
        quotable=True,
        said="""
well: {Our trainers are the best thing that this company has|+*service-skills @Training Delivery: Course evaluation}. Read the marks that
    learners give them.
slow: Rooms. {We plan a room, then the group grows and we look for another|-planning}.
goals: Seats and completion, both fine. {People finish because somebody phones them when they miss a class|+procedure-missing @Training
    Delivery: Learner completion rate}.
handover: {From Sales, always the same, nobody tells us that the customer wants it in Afrikaans or on a Saturday|-*handover @Sales}. We
    learn it from the learner.
late: {The books are not there on day one|-delivery @Operations: On-time delivery < Logistics}. A trainer can bridge one day, not four.
why: Alignment with other teams. Inside the team I do not need anything that I cannot fix myself.
better: A seat at the table when Sales closes an order for more than twenty people. Ten minutes. I would ask four questions and be gone.
""",
    ),
    voice(
        "Spekboom",
        "Training Delivery",
        FRONT_LINE,
        14,
        quotable=True,
        said="""
day: I teach bookkeeping, two groups. {I decide how I teach it, that is why I am good at it|+*leadership}.
slow: {On the first day half of the class has no book|-*delivery @Operations: On-time delivery}. I copy pages during the break.
goals: That people pass. {I see on one page who is falling behind, and I can do something|+crm-tools @Training Delivery: Learner completion
    rate}.
begins: {With the order. The list of names that I get is the list of the people who were asked first, not of those who come|-handover
    @Sales}.
why: Alignment, as you call it. I call it talking to each other.
better: Books a week before. That is all.
""",
    ),
    voice(
        "Buchu",
        "Training Delivery",
        FRONT_LINE,
        11,
        said="""
day: I look after the learners from enrolment to certificate. {They bring me their babies to look at|+motivation}.
slow: {The certificate needs three signatures, the learners need it for a job on Monday|-approvals}. Twice this year I have walked from
    office to office with it.
goals: Yes, completion. {We are good at it|+service-skills @Training Delivery: Learner completion rate}.
begins: {What the learner was told when they bought the course|-handover @Sales}. Some think that a laptop is included.
late: When the parcel is late I drive there and fetch it myself. {Twice this month|-delivery @Operations: On-time delivery}.
better: Somebody who reads the small print to the customer before they sign. Slowly, and in their own language.
""",
    ),
    voice(
        "Erica",
        "Training Delivery",
        FRONT_LINE,
        7,
        name="Kobus Placeholder",
        said="""
day: I plan the timetable. {I have everything in one sheet and I trust it|+crm-tools}.
slow: {Changes after five in the afternoon|-planning @Sales}. They arrive by phone, then I build the week again at home.
goals: To fill the seats. {It feels emptier to me in summer, whole rows|-demand @Training Delivery: Seats filled}.
begins: {At the print room. If they are behind then I am behind|-bottleneck @Operations: Process cycle time < Logistics: Queue at the
    bottleneck}.
why: {Nobody is the owner of an order from the beginning to the end|-role-unclear @Operations}. Everybody owns a piece and is quite proud
    of the piece.
better: One person per order. With a face.
""",
    ),
    voice(
        "Impala",
        "Logistics",
        LEAD,
        17,
        name="Xolani Sample",
        consent=WRITTEN,
        quotable=True,
        said="""
well: {The crew comes in on a Saturday when I ask, and I do not have to ask twice|+*motivation}. I bring the coffee, that is our contract.
slow: At the one table where printing and packing meet. {Eighty orders stand there on a bad evening, it used to be forty|-*bottleneck
    @Logistics: Queue at the bottleneck}. You can photograph it.
goals: The day of dispatch. {We are two days slower than in winter and all of that is waiting|-bottleneck @Operations: Process cycle time <
    Logistics: Queue at the bottleneck}.
handover: {The order comes as a mail with a picture of a form|-*handover @Sales}. My people type it in again.
queue: Always the same step. {One machine, one person who may run it, and he has a right to his holiday|-*bottleneck @Logistics: Queue at
    the bottleneck < #bottleneck}.
late: {The parcel is late because it was packed late|-delivery @Operations: On-time delivery < Operations: Process cycle time}. The courier
    is mostly not the reason.
why: Resources. And a little bit skills, I need a second person for the machine.
better: Train two more on the machine, this month. The second best thing is a rack, so that we see what is urgent.
""",
    ),
    voice(
        "Kudu",
        "Logistics",
        LEAD,
        13,
        said="""
well: {We have a good tone here, nobody shouts|+leadership}. A new man told me that he stayed because of the lunch table.
slow: {Looking for the order behind the order. The queue is so long that you lose sight of the urgent ones|-bottleneck @Logistics: Queue at
    the bottleneck}.
goals: On time, ninety four of a hundred. {We are not there, not since the end of winter|-delivery @Operations: On-time delivery}.
handover: {Three different forms from Sales for the same thing|-handover @Sales}. One has the address at the top, one at the bottom and one
    has forgotten it.
queue: Print and pack. {We could do with another pair of hands there at noon|-staffing @Logistics: Queue at the bottleneck}.
late: The road as well. {Couriers charge more and come when they like|-supplier @Operations: Cost per order < #supplier}.
why: Process. Everything goes through one door.
better: A second door. I mean it. Half of the small parcels need no printing at all and could go round the side.
""",
    ),
    voice(
        "Duiker",
        "Logistics",
        FRONT_LINE,
        16,
        quotable=True,
        again=True,
        said="""
day: I pack from six to two. {When I arrive there is a wall of orders from the evening|-*bottleneck @Logistics: Queue at the
    bottleneck||-bottleneck @Logistics: Queue at the bottleneck}.
slow: {The machine stops for a warm-up after each break in the power, twenty minutes each time|-equipment||-power-cuts}. On some days that
    is four times.
goals: That things go out on the promised day. {They do not, I see the dates on the slips|-delivery @Operations: On-time
    delivery||-delivery @Operations: On-time delivery}.
begins: {The slip says Monday and it reaches us on Monday|-*handover @Sales}. What must I do then.
queue: {Before the machine, never behind it|-bottleneck @Logistics: Queue at the bottleneck}. Behind it we stand with empty hands until
    ten.
also: {The cartons are thinner than last year, some open on the way|-supplier @Logistics: Damaged parcels < #supplier||}. I tape them twice
    now.
better: {A second person who may run the machine|-*training||-training}. I would learn it if somebody asked me.
""",
    ),
    voice(
        "Genet",
        "Logistics",
        FRONT_LINE,
        12,
        name="Busi Example",
        said="""
day: Labels, boxes, the scale, the cage. {We sing sometimes|+motivation}.
slow: {You stand and you wait for the print|-bottleneck @Logistics: Queue at the bottleneck}. Then all of it comes at three and the courier
    at four.
goals: I think it is to be on time. {Nobody shows us the number|-targets-unclear}.
begins: {Upstairs. They sell it for tomorrow|-handover @Sales}.
queue: {At the machine|-bottleneck @Logistics: Queue at the bottleneck}. It is not the fault of the man, he runs.
also: {Boxes get crushed in the cage because we stack them too high when there are many|-bottleneck @Logistics: Damaged parcels <
    Logistics: Queue at the bottleneck}. On a quiet day not one is broken.
better: A plan for the day that is still true at noon. Even half a plan.
""",
    ),
    voice(
        "Suricate",
        "Logistics",
        FRONT_LINE,
        9,
        quotable=True,
        said="""
day: I drive the small van and I pack when it is full. {I know every school in the valley|+*motivation}.
slow: {I leave late because the parcels are not ready|-*delivery @Operations: On-time delivery < Logistics: Queue at the bottleneck}. Then
    I am in the afternoon traffic and the school is closed when I get there.
goals: Be there when we said. {With this queue we cannot|-bottleneck @Logistics: Queue at the bottleneck}.
begins: Before me. {The address on the order is the head office and the learners are somewhere else|-*handover @Sales}.
why: {Too few people at the one place where it matters|-staffing @Logistics}. And too many at the gate, if you ask me, but that is another
    story.
""",
    ),
    voice(
        "Steenbok",
        "Logistics",
        FRONT_LINE,
        2,
        state=DRAFT,
        said="""
day: I count stock and I order paper. {It is quiet work and I like it|+motivation}.
slow: {The count in the system is never the count on the shelf|-stock}. I have stopped asking the system and I walk.
goals:
begins:
queue: They tell me it is the printing. From my corner I only hear when it is silent.
""",
    ),
)
