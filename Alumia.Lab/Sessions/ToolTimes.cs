using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Alumia.Lab.Sessions;

/// <summary>How long an org's calls of a tool usually take: the mean of the last twenty or so that went well.</summary>
internal sealed class ToolTime : IOrgOwned
{
    public required string OrgId { get; init; }

    public required string Tool { get; init; }

    public required long Calls { get; init; }

    /// <summary>Milliseconds.</summary>
    public required long UsualMs { get; init; }

    private sealed class Configuration : IEntityTypeConfiguration<ToolTime>
    {
        public void Configure(EntityTypeBuilder<ToolTime> builder) => builder.HasKey(time => new { time.OrgId, time.Tool });
    }
}

/// <summary>Keeps and reads the usual times.</summary>
internal static class ToolTimes
{
    /// <summary>Calls after which a usual time is known.</summary>
    public const int Known = 3;

    /// <summary>Counts a call that went well.</summary>
    public static void Record(Tx tx, string orgId, string tool, long tookMs) => tx.Run("""
        INSERT INTO tool_time (org_id, tool, calls, usual_ms) VALUES (@org, @tool, 1, @took)
        ON CONFLICT (org_id, tool) DO UPDATE SET calls = tool_time.calls + 1,
          usual_ms = tool_time.usual_ms + (excluded.usual_ms - tool_time.usual_ms) / CASE WHEN tool_time.calls < 19 THEN tool_time.calls + 1 ELSE 20 END
        """, ("org", orgId), ("tool", tool), ("took", tookMs));

    /// <summary>The usual time of a tool's calls; null while it is not known.</summary>
    public static async Task<ToolTime?> OfAsync(LabDbContext db, string orgId, string tool, CancellationToken cancellation) =>
        await db.Set<ToolTime>().SingleOrDefaultAsync(time => time.OrgId == orgId && time.Tool == tool && time.Calls >= Known, cancellation);
}
