"""What people of Customer Service say in the demo. Everybody and every sentence is invented. How to read the marks: `demo_coding`."""

from __future__ import annotations

from gaps.core.demo_coding import FRONT_LINE, HEAD, LEAD, WRITTEN, voice

SERVICE = (
    voice(
        "Meadow",
        "Customer Service",
        HEAD,
        17,
        name="Johan Example",
        consent=WRITTEN,
        quotable=True,
        said="""
well: {We answer faster than ever, that is the one thing nobody can take from this team|+*response-time @Customer Service: First response
    time}. A year ago people waited two working days.
slow: I hire and I train and I hire. {Of the twelve who began with me in January four are left|-*turnover @Contact Centre}.
goals: Satisfaction has slipped, not below the line, but it has slipped. {Customers are cross about late course material and they tell us,
    not Operations|-*delivery @Customer Service: Customer satisfaction < Operations: On-time delivery}.
others: {What Sales promised a customer never reaches us in writing|-*handover @Sales}. We hear of it in the complaint.
response: Around eleven hours now, it was fifteen. {The morning team clears the mailbox before the phones open|+response-time @Customer
    Service: First response time}.
contact: {Most things we solve at once, because the same person stays with the customer|+service-skills @Customer Service: First-contact
    resolution}. The rest needs somebody outside this building.
why: Resources for us, alignment for the rest. The portal does not take off either. {People try to settle it themselves on the portal, get
    lost in the second step and phone|-website @Customer Service: Self-service share}.
better: A career in the Contact Centre. {Two years on the phone and no next step, nobody stays for that|-turnover @Contact Centre}.
""",
    ),
    voice(
        "Bulbul",
        "Contact Centre",
        LEAD,
        16,
        name="Fatima Sample",
        quotable=True,
        said="""
well: {My team is quick, you get an answer the same day, customers say thank you for that|+*response-time @Customer Service: First response
    time}. It took us a year to get there.
slow: Induction. {I am always training somebody who will be gone by winter|-*turnover}.
goals: {We reach what is asked of us with the people that we have|+leadership}. I would not want more on the list.
handover: {A case goes to Operations and comes back with the question that I had already answered|-incomplete-requests @Operations}. I
    answer it again, politely. The customer does not know any of this and should not have to.
response: When it rains calls in the new year we put two leads on the phone as well. {Nobody waits long with us|+response-time @Customer
    Service: First response time}.
complaints: {The parcel with the course books, every day the parcel|-*delivery @Operations: On-time delivery}. It begins somewhere behind
    the print room.
why: Resources. {The pay is the same after three years as on the first day|-turnover < #recognition}.
better: Keep people. Everything else we can do ourselves.
""",
    ),
    voice(
        "Hornbill",
        "Contact Centre",
        LEAD,
        14,
        said="""
well: {Colleagues lend each other their notes, there is no secrecy|+motivation}. When somebody finds a trick, it is on the board by the
    afternoon.
slow: Three windows for one customer. {The order is in one system, the course in another and the complaint in the third|-systems-apart}.
goals: I believe that we meet them, but they are about us only. {Nobody is measured on the whole way of a complaint|-goals-conflict}.
handover: {From Sales. The customer says, your colleague promised me, and I have nothing in front of me|-handover @Sales}.
response: Good. {The first answer goes out quickly and it is not only a form letter|+response-time @Customer Service: First response time}.
complaints: {Late material, then late material, then the invoice|-delivery @Operations: On-time delivery}. If you took the first one away
    my team would have a quiet morning.
why: Alignment with other teams. And {we lose the good ones to the bank across the road|-turnover < #demand}.
better: Let me see where a parcel is without asking anybody. A map, a colour, a number, I do not mind which.
""",
    ),
    voice(
        "Wagtail",
        "Contact Centre",
        FRONT_LINE,
        15,
        name="Lwazi Sample",
        quotable=True,
        again=True,
        said="""
day: I sit down at seven, I take the mailbox first and then the line. {By nine it is empty, every day|+*response-time @Customer Service:
    First response time||+response-time @Customer Service: First response time}.
slow: {To tell a customer where the books are I must mail Logistics and wait|-communication @Logistics||-handover @Logistics}. Sometimes I
    wait until the customer phones again.
goals: I know ours, it hangs on the wall. {It makes me proud when the bar is green|+motivation||+motivation}.
begins: {It begins at the printer|-delivery @Operations: On-time delivery < Operations: Process cycle time||-delivery @Operations: On-time
    delivery}. They say Friday and it becomes Wednesday.
response: Fast. {I think we are the fastest in the whole company|+response-time @Customer Service: First response time||}.
why: {We are simply too few on Mondays|-staffing||-staffing}, and on Mondays {half of the faces are new|-turnover||-staffing}. You cannot
    blame them for what nobody has shown them yet.
better: {One screen|-*systems-apart||-systems-apart}. I would bake a cake for the person who makes it.
""",
    ),
    voice(
        "Robin",
        "Contact Centre",
        FRONT_LINE,
        13,
        said="""
day: Chat from eight to twelve, phone after that. The chat I like. {People write short and they are friendly|+motivation @Contact Centre:
    Chat satisfaction}.
slow: {My rights. I may look at an order but I may not change an address, so I pass it on and it takes a day|-approvals}.
goals: To answer quickly, and {we do answer quickly|+response-time @Customer Service: First response time}. What happens after the answer
    is not on our sheet.
begins: {With the salesperson who says yes to everything|-handover @Sales}. Then the customer has a date that nobody else knows.
contact: If it is about the course I can solve it. {If it is about the delivery I have to send it on|-delivery @Contact Centre:
    First-contact resolution < Operations}.
better: Let us change addresses. Give us a course for it, an afternoon is enough, and I will sign whatever must be signed.
""",
    ),
    voice(
        "Lourie",
        "Contact Centre",
        FRONT_LINE,
        12,
        quotable=True,
        said="""
day: Forty to fifty calls. {In February you do not get up from your chair|-workload @Contact Centre: Calls received}.
slow: The search. {If the name is spelled another way the customer does not exist|-*data-quality}.
goals: Yes. {We are told every morning how long people waited yesterday and it is going down|+*response-time @Customer Service: First
    response time}.
begins: {They were promised their books for the first day of class|-handover @Sales}. That is a promise that somebody else has to keep.
complaints: {The books come after the course has begun|-*delivery @Operations: On-time delivery}. I have learned to apologise in four
    languages.
why: {I train my third neighbour this year|-*turnover}. So, people, I would say. Skills come and go with them.
""",
    ),
    voice(
        "Oribi",
        "Contact Centre",
        FRONT_LINE,
        10,
        said="""
day: I do the second line, the long cases. {I like it when one is really solved and not only closed|+motivation}.
slow: {Some cases lie with Operations for a week and I am the one who explains it|-delivery @Operations}. There is no list of them except
    mine.
goals: I suppose so. {The first answer goes out the same day, I hear that from everybody|+response-time @Customer Service: First response
    time}. My own list gets longer. {The open ones pile up on me, I have never had so many|-backlog @Customer Service: Open cases}.
begins: It depends. {Often nobody wrote down what had been agreed with the customer|-handover @Sales}.
contact: {Nobody looks up the old case before they answer|-repeat-contacts}. So the customer hears three different things and comes back a
    fourth time.
better: Time to write down what I found out, so that the next one need not find it out again. Ten minutes after each long case would do.
""",
    ),
    voice(
        "Dikkop",
        "Contact Centre",
        FRONT_LINE,
        8,
        name="Precious Placeholder",
        quotable=True,
        said="""
day: Mail in the morning, then the portal questions. {It is calm and everybody helps|+*motivation}.
slow: {The portal sends people in a circle and at the end of the circle they phone me|-*website @Customer Service: Self-service share}. I
    went round myself once to see it. It is true.
goals: First answer quickly, yes. {That we do well|+response-time @Customer Service: First response time}.
begins: In the print room or on the road, I cannot see which. {The parcel is late and I get the anger|-delivery @Operations: On-time
    delivery}.
complaints: {Where are my books|-delivery @Customer Service: Customer satisfaction < Operations: On-time delivery}. If I had one rand for
    each.
why: Other teams. We are fine among ourselves, it gets thick where it leaves our room.
better: Tell the customer before the customer tells us. A short message the evening before, with an honest day in it.
""",
    ),
    voice(
        "Canary",
        "Contact Centre",
        FRONT_LINE,
        4,
        said="""
day: I am on the phones since winter. {The first weeks I was thrown in, two days of training and then the headset|-training}.
slow: {Nobody tells us when there is a campaign, and then the line explodes|-communication @Marketing}. We find out from the customers what
    we are offering.
goals: I know the one about the first answer. The others I have seen on a slide.
begins: {Between us and the people who pack|-communication @Operations}. They have their words for things and we have ours.
response: {Customers are surprised how quickly we write back|+response-time @Customer Service: First response time}. One lady asked whether
    I was a real person.
why: {Five of my group have left already|-turnover}, so somebody should ask them and not me. The money is a little better across the road
    and the shifts are shorter.
""",
    ),
)
