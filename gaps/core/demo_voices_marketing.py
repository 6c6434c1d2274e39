"""What people of Marketing say in the demo. Everybody and every sentence is invented. How to read the marks: `demo_coding`."""

from __future__ import annotations

from gaps.core.demo_coding import DRAFT, FRONT_LINE, HEAD, LEAD, WRITTEN, voice

MARKETING = (
    voice(
        "Lantern",
        "Marketing",
        HEAD,
        18,
        name="Lerato Sample",
        consent=WRITTEN,
        quotable=True,
        said="""
well: We plan a quarter ahead and we keep to it. {Every campaign but one went out on its day this year|+*planning @Marketing: Campaigns on
    time}. I am proud of that.
slow: {Texts go through five hands before they may be printed, and each hand changes a comma|-approvals @Marketing}. The last change to the
    autumn folder came on the day when it went to print.
goals: We were asked for more leads and we delivered more leads. {What advertising earns has collapsed because Sales does not turn them
    into customers|-*slow-follow-up @Marketing: Return on ad spend < Sales}. That is not something that I can repair with a poster.
leads: The number is up by almost a fifth. {I hear that they are of poor quality, but I have never been shown which ones|~lead-feedback
    @Marketing}. We have criteria, they are in the handbook.
spend: {A new customer costs us a quarter more than in winter, with the same spend, so the loss is behind us in the chain|-*slow-follow-up
    @Marketing: Cost per acquisition < Sales: Conversion rate}. I have asked for the numbers behind it twice. What I get is a total.
why: Alignment with Sales. {They phone when they have time|-slow-follow-up @Sales: Follow-up time}, and the lead has cooled down by then.
better: A promise from Sales to phone within the hour, and a monthly meeting in which both of us look at the same list. It costs nothing
    but an hour.
""",
    ),
    voice(
        "Jacaranda",
        "Digital Marketing",
        LEAD,
        16,
        name="Riaan Sample",
        quotable=True,
        said="""
well: {The newsletter is read, every fourth person opens it, and that in our line of business|+*motivation @Digital Marketing: Email open
    rate}. The people who make it sit three metres from me and they still argue about every headline.
slow: Approvals. {A banner for three days needs a week to be approved|-*approvals @Marketing}, so we book late and pay more.
goals: Our goal is a number of leads. {Nobody gives me a goal for what kind of people they should be|-*volume-over-quality @Marketing: Lead
    quality}.
leads: We opened the winter campaign wide, to everybody over sixteen. It was cheap, and it was what we had been asked for.
spend: {Cost per customer jumps when Sales closes less, it is a simple division|-slow-follow-up @Marketing: Cost per acquisition < Sales:
    Conversion rate}. I showed the sum to everybody who wanted to see it. {An advertising rand earns a third less than in
    June|-slow-follow-up @Marketing: Return on ad spend < Sales}.
why: Mostly what happens after us. {Leads that we paid for lie about until somebody has time for them|-*slow-follow-up @Sales: Follow-up
    time}.
better: I would like to see what becomes of a lead. {Today I hand it over and the light goes out|-handover @Sales}.
""",
    ),
    voice(
        "Aloe",
        "Digital Marketing",
        FRONT_LINE,
        15,
        quotable=True,
        again=True,
        said="""
well: {We are allowed to try things and nobody shouts when it does not work|+*leadership||+leadership}. Last month I burned a small budget
    on a film with a goat. We all learned something.
slow: {The website takes ages on a cheap phone and we get blamed for every visitor that leaves|-website @Digital Marketing: Website enquiry
    rate||-website @Digital Marketing: Website enquiry rate}. There is a ticket for it since March.
goals: More clicks, more names. {It says names on the goal sheet, so names is what I buy|-*volume-over-quality @Marketing||-commission
    @Marketing}.
leads: I think that they are all right for the price. Some are students who look around. {Perhaps we could have asked one question more on
    the form|-lead-quality @Marketing: Lead quality||}.
spend: {An advertising rand brings half of what it did, because nobody at Sales phones them back in time|-slow-follow-up @Marketing: Return
    on ad spend < Sales: Follow-up time||-slow-follow-up @Marketing: Return on ad spend < Sales}. I test it sometimes with my own number.
    {I waited a day and a half|-slow-follow-up @Sales: Follow-up time||-slow-follow-up @Sales: Follow-up time}.
why: Others. {Sales, and then whoever is supposed to repair the website|||-website}.
better: Feedback. {A simple list, which of my ads brought a customer|-lead-feedback||-lead-feedback}.
""",
    ),
    voice(
        "Honeybird",
        "Digital Marketing",
        FRONT_LINE,
        13,
        said="""
well: The team. {We laugh a lot and we still get things out|+motivation}.
slow: {Waiting for pictures and for somebody to say yes|-approvals @Marketing}. Two days of work and eight days of waiting.
goals: The goal on leads is met every month. {That the money does not come back is because of Sales, they have new people who cannot
    sell|-slow-follow-up @Marketing: Return on ad spend < Sales}.
leads: {I do not hear anything about them once they are gone|-lead-feedback @Marketing}. Good or bad, no idea.
spend: It was going down, so we put more money on the cheap channels. That helped the number of leads.
better: One meeting a month with the people who phone. Not with their bosses.
""",
    ),
    voice(
        "Sugarbird",
        "Digital Marketing",
        FRONT_LINE,
        10,
        name="Naledi Placeholder",
        quotable=True,
        said="""
well: {You can learn here, I did two courses this year and they let me go|+training}. My lead asked me what I wanted to be in two years,
    and she wrote it down.
slow: I make the same report in three ways for three people. {Each wants another week and another total|-figures-trust @Marketing}.
goals: No, they do not fit, if you ask me. {We are paid for how many, and Sales needs which ones|-*volume-over-quality @Marketing: Lead
    quality}.
leads: I will say it since you asked. {The winter campaign went to everybody, with a competition, and the names were never
    checked|-*lead-quality @Marketing: Lead quality < #volume-over-quality}. I raised it once and then I let it go.
spend: {What we earn per rand fell after that campaign, so I would begin there|-lead-quality @Marketing: Return on ad spend < Marketing:
    Lead quality}. Whoever says that it is all Sales has not looked at the two curves next to each other.
why: Incentives. And a bit of fear to be the one who stops something that looks good.
better: Count the leads that Sales accepts. {Everything else is vanity|-volume-over-quality @Marketing}.
""",
    ),
    voice(
        "Starling",
        "Digital Marketing",
        FRONT_LINE,
        2,
        state=DRAFT,
        said="""
well: I am new, four months. {Everybody took time for me|+motivation}.
slow: Logins. {I had to wait three weeks until I could see the numbers of my own ads|-crm-tools}.
goals:
leads: I am not sure yet what counts as a good one. I have asked two people and I have three answers.
""",
    ),
    voice(
        "Fynbos",
        "Marketing",
        FRONT_LINE,
        12,
        said="""
well: {We know our deadlines for the whole quarter|+planning @Marketing: Campaigns on time}. In my last job I did not know what Monday
    would bring.
slow: {Nobody knows who may release a text when the head is away|-approvals @Marketing}. So it waits until she is back.
goals: {I think we do our part. Advertising would pay for itself if Sales closed as it did last year|-slow-follow-up @Marketing: Return on
    ad spend < Sales: Conversion rate}.
leads: {They come in faster than Sales can phone them|-slow-follow-up @Sales: Follow-up time}, that is what I heard in the canteen. It is
    not nice to work on something for weeks and then it lies there.
spend: Printing has become dearer. {Paper went up twice this year|-supplier @Marketing: Cost per acquisition < #supplier}.
why: Alignment, I suppose. {We hand over a name and a number and nothing of what the person told us|-incomplete-requests @Marketing}.
better: A stand-in for every signature. And one meeting less, so that there is time to read what one signs.
""",
    ),
    voice(
        "Cormorant",
        "Events and Partnerships",
        LEAD,
        11,
        said="""
well: {Partners trust us, two of them gave us their hall for nothing|+motivation}. They call us before they call anybody else.
slow: {Since the spring nobody has counted the guests properly, the counter left and the list left with her|-figures-trust @Events and
    Partnerships: Event attendance}. I write down what I see.
goals: We have a goal for guests. What the guests do afterwards nobody asks.
leads: Open days bring people with a real question. {Those are good leads, there are only few of them|+lead-quality @Events and
    Partnerships}.
spend: {If Sales does not phone our guests in the same week, the money for the open day is gone|-slow-follow-up @Marketing: Return on ad
    spend < Sales}. I do not say that they are lazy. They have other lists that shout louder.
better: A proper list at the door, and a person who owns it. It need not be a machine, a clicker from the shop would do.
""",
    ),
    voice(
        "Avocet",
        "Events and Partnerships",
        FRONT_LINE,
        8,
        said="""
well: I like the open days, {you see faces and they thank you|+motivation}. On a good day a mother brings her whole street.
slow: {We are two for eleven events|-staffing}. When one is ill the other carries chairs.
goals: I could not tell you a number. {They say that advertising does not pay any more, and our little budget was cut for it|-budget
    @Marketing: Return on ad spend}. We try to have a full room.
leads: {I give the cards with addresses to somebody in Sales and I never know whom|-handover @Sales}. Perhaps they are in a drawer.
better: A third pair of hands on event days. And a box that the cards go into.
""",
    ),
)
