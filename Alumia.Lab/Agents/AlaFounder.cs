using Alumia.Lab.Models;
using Alumia.Lab.Organizations;
using Alumia.Lab.Storage;

namespace Alumia.Lab.Agents;

/// <summary>Every org is born with Ala, on the catalogue's free model.</summary>
internal sealed class AlaFounder(ModelCatalogue models) : IOrgFounded
{
    public void OrgFounded(Tx tx, Organizations.Org org, string founderId) => tx.Db.Add(new Agent
    {
        Id = Id.New("agt", tx.NowMs),
        OrgId = org.Id,
        Slug = Agent.AlaSlug,
        Name = "Ala",
        Description = "The agent that every organization begins with: answers, plans, and uses the lab's tools.",
        Colour = AgentEdit.Colours[0],
        SystemPrompt = "You are Ala, the assistant of this organization in Alumia Lab. Answer plainly and briefly. " +
            "Use a tool when it brings you facts or does the work, and say what you found.",
        ModelId = models.DefaultModelId,
        CreatedAtMs = tx.NowMs,
        UpdatedAtMs = tx.NowMs,
    });
}
