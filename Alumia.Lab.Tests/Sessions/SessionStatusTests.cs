using Alumia.Lab.Sessions;

namespace Alumia.Lab.Tests.Sessions;

/// <summary>The table of which status may follow which, every pair of it.</summary>
public sealed class SessionStatusTests
{
    private static readonly SessionStatus[] _ended = [SessionStatus.Idle, SessionStatus.Failed, SessionStatus.Cancelled, SessionStatus.Interrupted];

    public static TheoryData<SessionStatus, SessionStatus> Pairs()
    {
        var pairs = new TheoryData<SessionStatus, SessionStatus>();
        foreach (var from in Enum.GetValues<SessionStatus>())
        {
            foreach (var to in Enum.GetValues<SessionStatus>())
                pairs.Add(from, to);
        }
        return pairs;
    }

    [Theory, MemberData(nameof(Pairs))]
    public void A_session_moves_only_as_the_table_says(SessionStatus from, SessionStatus to)
    {
        var expected = _ended.Contains(from) ? to == SessionStatus.Active
            : from == SessionStatus.Active ? to != SessionStatus.Active
            : to is SessionStatus.Active or SessionStatus.Cancelled or SessionStatus.Failed;

        Assert.Equal(expected, from.MayBecome(to));
    }

    [Fact]
    public void Every_status_is_ended_running_or_parked_and_no_two_of_them() =>
        Assert.All(Enum.GetValues<SessionStatus>(), status =>
            Assert.Single(new[] { _ended.Contains(status), status == SessionStatus.Active, status.IsParked() }, holds => holds));

    [Fact]
    public void Every_status_has_a_word_of_its_own_that_is_read_back()
    {
        var all = Enum.GetValues<SessionStatus>();

        Assert.Equal(all, all.Select(status => SessionStatuses.Parse(status.Word())));
        Assert.Equal(all.Length, all.Select(status => status.Word()).Distinct().Count());
    }
}
