"""What people of Sales say in the demo. Everybody and every sentence is invented. How to read the marks: `demo_coding`."""

from __future__ import annotations

from gaps.core.demo_coding import FRONT_LINE, HEAD, LEAD, WRITTEN, voice

SALES = (
    voice(
        "Mongoose",
        "Sales",
        HEAD,
        18,
        name="Sipho Demo",
        consent=WRITTEN,
        quotable=True,
        said="""
well: The two teams still help each other. {When Retail has a flood of enquiries, Corporate picks up the phones without being
    asked|+*between-teams}. I did not have to teach them that.
slow: Honestly, I look at ourselves first. {We lose people because we phone too late, I have said it in every Monday
    meeting|-*slow-follow-up @Sales: Conversion rate < Sales: Follow-up time}. My team leads do not all agree with me.
goals: We plan on revenue and the month is measured on revenue. {Since September we are running behind on growth and the second half of the
    quarter will not save us|-targets-unclear @Sales: Revenue growth < Sales: Conversion rate}.
conversion: It was above a quarter for as long as I can remember, and now it is not. {Retail closes about half of what it closed in
    winter|-slow-follow-up @Sales: Conversion rate}. Corporate stayed where it was.
leads: There are more of them, that much I see on the list. {Nobody ever sat down with Marketing and agreed what a good lead looks
    like|-*procedure-missing @Marketing: Lead quality}. Each side has its own idea.
why: {I still hear of leads that lie over a weekend|-slow-follow-up @Sales: Follow-up time}. I would say skills and discipline on our side,
    and after that alignment. {Everybody has a different way of writing down what was promised to a customer|-handover}.
better: A fixed hour in the morning in which only new leads are phoned. And I would like one page that both Marketing and I believe.
""",
    ),
    voice(
        "Weaver",
        "Retail Sales",
        LEAD,
        17,
        name="Zanele Sample",
        quotable=True,
        again=True,
        said="""
well: {My people phone a new lead the same day, nearly always before lunch if it came in overnight|+*slow-follow-up @Sales: Follow-up
    time}. We have a board on the wall and nobody likes to have the last open magnet on it.
slow: What eats the day is sorting. {Six out of ten names on the list never had the money for a course, we only find out after twenty
    minutes on the phone|-*lead-quality @Marketing: Lead quality||-lead-quality @Marketing: Lead quality}. Then you still have to type the
    reason in.
goals: {The target did not move when the leads changed|-targets-unclear||}. So the team works the same hours for half of the result, and
    that is a hard thing to explain on a Friday.
conversion: It fell off a step, it did not slide. {Our rate went down because the leads went down, the way we sell is the same as in
    June|-*lead-quality @Retail Sales: Conversion rate < Marketing: Lead quality||-lead-quality @Retail Sales: Conversion rate}. I have
    listened to the calls myself.
leads: The big campaign in winter brought school leavers who thought that the course was free. {There is no budget, no employer behind
    them, no date|-lead-quality @Marketing: Lead quality||-campaign-fit @Marketing: Lead quality}. I feel sorry for them too.
why: Alignment with another team, plainly. {We sent our reasons for lost leads over every week and never heard anything
    back|-*communication @Marketing}.
better: Let Marketing sit with us for two mornings. {A filter question on the form would save us a person|-website @Marketing||}.
""",
    ),
    voice(
        "Kingfisher",
        "Retail Sales",
        LEAD,
        14,
        said="""
well: {The team is close. Nobody went home in the week when the phones were down before the list was worked through|+motivation}.
slow: {There is still one person who leaves leads until the next day|-slow-follow-up @Sales: Follow-up time}, and {with online enquiries
    the next day is too late|-slow-follow-up @Sales: Conversion rate < Sales: Follow-up time}. I am working on it with her.
goals: Goals are clear, maybe too clear. {We get paid on deals and not on deals that stay, so some of us push|-commission}.
conversion: Two things at once, I think. {We close less because the lists are longer and weaker|-lead-quality @Retail Sales: Conversion
    rate < Marketing: Lead quality}, and when a list is weak you stop believing in the good name on line forty.
leads: A good lead has somebody who pays. {Nobody has ever written that down for those who plan the campaigns|-procedure-missing
    @Marketing}. The ones from companies are fine.
why: I would put it on process first and skills second. {New colleagues learn selling by sitting next to somebody who has no
    time|-training}.
better: Two weeks of proper induction. And somebody must decide who owns a lead between the form and the first call.
""",
    ),
    voice(
        "Hoopoe",
        "Retail Sales",
        FRONT_LINE,
        17,
        quotable=True,
        said="""
well: I like the start of the day here. {You see at once who must be phoned and by when|+*crm-tools}, so there is no arguing about it.
slow: {I phone forty people to find five who can pay|-*lead-quality @Marketing: Lead quality}. My throat is finished by two o'clock.
goals: The goal is the goal. But what comes out does not depend only on me, and {the sheet makes it look as if I got lazy in
    August|-targets-unclear}.
conversion: {You cannot sell a course to somebody who only wanted to win the tablet in the competition|-*lead-quality @Retail Sales:
    Conversion rate < Marketing}. That is what I had last week, a whole page of them.
leads: More, more, more. The good ones drown. {I would rather have three hundred that were asked a question than seven hundred that only
    clicked|-lead-quality @Marketing: Lead quality}.
better: Ask for the budget on the form. One line.
""",
    ),
    voice(
        "Marula",
        "Retail Sales",
        FRONT_LINE,
        16,
        said="""
well: The product. {People who finish come back with their cousins|+motivation}, and those I can close in ten minutes.
slow: {After the customer says yes I fill in three forms for the people in Operations and they still phone me back|-handover @Sales}. Every
    time it is something different that they need.
goals: We are told twenty five. {I am on eleven since the spring and I do the same things that I did on twenty four|-lead-quality @Retail
    Sales: Conversion rate < Marketing: Lead quality}.
conversion: Who answers the phone decides. If it is a manager with a training budget, fine. {If it is somebody who saw a nice picture, you
    are wasting both your time|-campaign-fit @Marketing}.
why: It is not us not phoning. {I have never had an open lead older than a day|+slow-follow-up @Sales: Follow-up time}.
better: {Give us one form for the order and let Operations read it|-handover @Sales}. I would even type it twice if it is always the same
    two times.
""",
    ),
    voice(
        "Protea",
        "Retail Sales",
        FRONT_LINE,
        15,
        name="Themba Placeholder",
        quotable=True,
        said="""
well: {My team lead takes my side when a customer shouts, I stayed for that|+*leadership}. The colleagues are young and we laugh, also on
    the bad days.
slow: The enrolment page. {People get to the page with the documents, they do not have the certificate at hand and they leave|-website
    @Retail Sales: Abandoned enrolments}. Then I start over with them on the phone.
goals: I do not know what Marketing is measured on, I think the number of names. {If they get their bonus for names, then names is what we
    get|-volume-over-quality @Marketing: Lead quality}.
conversion: {The names got worse around August, you could feel it in one week|-lead-quality @Retail Sales: Conversion rate < Marketing}.
    Before that I had maybe three useless ones in a morning. Now I have three useful ones.
leads: {Wrong numbers, children, people two thousand kilometres from the classroom|-*lead-quality @Marketing: Lead quality}. It is not
    their fault, they were promised something.
better: One colleague who checks the list before it goes out to us. It would pay for itself.
""",
    ),
    voice(
        "Sunbird",
        "Retail Sales",
        FRONT_LINE,
        12,
        said="""
well: {I learned more here in a year than at college|+training}. There is always somebody who explains.
slow: Waiting for prices. {If a customer wants a discount of more than five percent I need two signatures and the second one is always in a
    meeting|-approvals @Sales}.
goals: They say that we are one company. {Marketing has a goal for leads, we have a goal for deals, and the two never meet|-goals-conflict
    @Sales}.
conversion: It dropped. {I think that it is the leads, more than anything|-lead-quality @Retail Sales: Conversion rate < Marketing: Lead
    quality}.
leads: Hm. {Many of them do not remember that they asked for anything|-lead-quality @Marketing: Lead quality}.
""",
    ),
    voice(
        "Heron",
        "Corporate Sales",
        LEAD,
        13,
        name="Marius Example",
        consent=WRITTEN,
        quotable=True,
        said="""
well: Corporate is steady. {Our customers know us by name and they tell us before they leave|+*motivation}.
slow: {From the first talk to the signature it takes us more than two months, and half of that the contract lies on somebody's
    desk|-*approvals @Corporate Sales: Sales cycle < #approvals}. Mine too, I admit.
goals: On paper they fit. {We have sixty days as a goal and I cannot remember when we last made it|-approvals @Corporate Sales: Sales
    cycle}.
conversion: Ours is where it always was. We hardly work with campaign leads at all.
leads: {What comes from the website to us is small but decent|+website @Marketing}. My colleagues in Retail will tell you another story.
why: Process. {Nobody can tell me who may sign what above two hundred thousand rand, the list is from before the last
    reorganisation|-*approvals @Corporate Sales}.
better: A list of who decides what, with a name of a stand-in. {And one handover sheet to Operations instead of the mail with everybody in
    copy|-handover @Sales}.
""",
    ),
    voice(
        "Baobab",
        "Corporate Sales",
        FRONT_LINE,
        11,
        said="""
well: I have the best customers in the house. {They plan, they pay, they come back|+motivation}.
slow: {The legal check takes three weeks and nobody can say where it is|-approvals @Corporate Sales: Sales cycle < #approvals}. So I phone,
    and phoning does not make it faster.
goals: Mostly yes. {What I promise to a customer is not what Operations has in the calendar, and we both find out too late|-handover
    @Sales}.
conversion: No complaints. If they come to us they are serious.
why: {Alignment. Each department has its own list of the same customers|-systems-apart}.
better: A shared calendar with the seats that are really free. Then I would stop selling what is already full.
""",
    ),
    voice(
        "Plover",
        "Corporate Sales",
        FRONT_LINE,
        9,
        quotable=True,
        said="""
well: {We are two people who finish each other's sentences|+motivation}, that helps in a tender. The manager leaves us in peace as long as
    the papers are in on time.
slow: Tenders. {We write the same twelve pages again each time because the last version is in somebody's mailbox|-*knowledge-kept}.
goals: The goal for the length of a deal is from another time. Public customers have their own calendar. {They pay when the new budget year
    begins and no sooner, there is nothing we can do about that|-demand @Corporate Sales: Sales cycle < #demand}.
conversion: Stable, as far as I see. {The few campaign leads that land here I pass on, there is no company behind them|-lead-quality
    @Marketing: Lead quality}. We lose one tender on price each year and we know which one it will be.
why: External, and a bit of process. {When the order is signed it goes over the wall, and nobody on the other side knows what was special
    about it|-*handover @Sales}.
better: Half an hour with Operations for every order above a certain size. They would ask the questions that otherwise the learner asks on
    the first morning.
""",
    ),
    voice(
        "Lapwing",
        "Corporate Sales",
        FRONT_LINE,
        5,
        said="""
well: {Discounts aside, I may decide a lot myself, and I like that|+leadership}. I came from a place where every mail was read by three
    people.
slow: {For a discount I wait four to six days|-approvals @Corporate Sales: Sales cycle}. By then the customer has a second offer.
goals: I think so. I do not see the numbers of the others.
conversion: We win one of four, it has been like that since I came. {We choose whom we write an offer for, that is the whole
    secret|+selling-skills @Corporate Sales: Conversion rate}.
better: {Let team leads sign up to ten percent|-approvals @Corporate Sales}. It would take a week out of every deal.
""",
    ),
)
